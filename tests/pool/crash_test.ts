import { assertEquals, assertInstanceOf, assertMatch, assertRejects } from "@std/assert";
import {
  ActivationTimeoutError,
  ClosedError,
  ModuleLoadError,
  UncaughtError,
  WorkerLostError,
} from "../../faces/errors.ts";
import { WorkerPool } from "../../faces/pool.ts";
import { routine as loops } from "./modules/loops.ts";
import { routine as neverLoads } from "./modules/never_loads.ts";
import { routine as throws } from "./modules/throws.ts";
import { breaker, echo, spinner } from "./routines.ts";
import { bind, TestSource, TestTask } from "./tasks.ts";

type Way = "throw" | "reject" | "overflow" | "close" | "exit" | "throwLate" | "rejectLate";

const crashes: readonly [Way, new (...args: never[]) => Error, RegExp][] = [
  ["throw", RangeError, /^thrown$/],
  ["reject", RangeError, /^rejected$/],
  ["overflow", RangeError, /call stack/],
  ["close", WorkerLostError, /self\.close\(\)/],
  ["exit", WorkerLostError, /Deno\.exit\(7\)/],
  ["throwLate", UncaughtError, /thrown late/],
  ["rejectLate", UncaughtError, /rejected late/],
];

for (const [how, type, message] of crashes) {
  Deno.test(`WorkerPool.run() rejects with the error of a crash (${how})`, async () => {
    await using pool = new WorkerPool({ maxWorkers: 2 });
    const error = await assertRejects(() => pool.run(breaker, "how", how));
    assertInstanceOf(error, type);
    assertMatch(error.message, message);
  });

  Deno.test(`WorkerPool.run() isolates fifty runs from a crash (${how})`, async () => {
    await using pool = new WorkerPool({ maxWorkers: 2 });
    const healthy = (from: number) =>
      Array.from({ length: 25 }, (_, i) => pool.run(echo, "value", from + i));
    const before = healthy(0);
    const error = assertRejects(() => pool.run(breaker, "how", how));
    const after = healthy(25);
    const values = (await Promise.all([...before, ...after])).map(({ emits }) => emits[0]?.payload);
    assertEquals(values, Array.from({ length: 50 }, (_, i) => i));
    assertInstanceOf(await error, type);
  });
}

for (const how of ["spin", "block"] as const) {
  Deno.test(`RunOptions.timeout settles a run that never yields (${how})`, async () => {
    await using pool = new WorkerPool({ maxWorkers: 1, grace: 20 });
    const stuck = assertRejects(
      () => pool.run(breaker, "how", how, { timeout: 100 }),
      ActivationTimeoutError,
    );
    const others = Array.from({ length: 50 }, (_, i) => pool.run(echo, "value", i));
    await stuck;
    const results = await Promise.all(others);
    assertEquals(results.map(({ emits }) => emits[0]?.payload), results.map((_, i) => i));
  });
}

Deno.test("ModuleLoadError contains the message of the module's error", async () => {
  await using pool = new WorkerPool({ maxWorkers: 1 });
  const error = await assertRejects(() => pool.run(throws, "go"), ModuleLoadError);
  assertMatch(error.message, /does not load here/);
});

Deno.test("WorkerPoolOptions.loadTimeout ends an endless top-level await", async () => {
  await using pool = new WorkerPool({ maxWorkers: 1, loadTimeout: 300 });
  const first = assertRejects(() => pool.run(neverLoads, "go"), ModuleLoadError, "300 ms");
  const second = assertRejects(() => pool.run(neverLoads, "go"), ModuleLoadError, "300 ms");
  assertEquals((await pool.run(echo, "value", 1)).emits[0]?.payload, 1);
  await first;
  await second;
});

Deno.test("WorkerPool isolates runs from a looping module", async () => {
  await using pool = new WorkerPool({ maxWorkers: 1, loadTimeout: 300, grace: 300 });
  const looping = assertRejects(() => pool.run(loops, "go"), ModuleLoadError, "never yielded");
  const other = pool.run(echo, "value", 1);
  await looping;
  assertEquals((await other).emits[0]?.payload, 1);
});

Deno.test("WorkerPoolOptions.maxLost stops the replacement of lost workers", async () => {
  await using pool = new WorkerPool({ maxWorkers: 1, grace: 0, maxLost: 1 });
  const task = new TestTask("task", bind(spinner), "ms", 3_000);
  new TestSource(pool, 1).add(task);
  await task.progressed.promise;
  pool.abort(task, new Error("enough"));
  assertEquals((await task.ended.promise).error?.name, "WorkerLostError");
  await assertRejects(() => pool.run(echo, "value", 1), WorkerLostError, "maxLost");
});

Deno.test("WorkerPool.close() ends runs that never yield", async () => {
  const pool = new WorkerPool({ maxWorkers: 1 });
  const task = new TestTask("task", bind(spinner), "ms", 2_000);
  new TestSource(pool, 1).add(task);
  await task.progressed.promise;
  const run = assertRejects(() => pool.run(echo, "value", 1), ClosedError);
  await pool.close();
  await run;
  assertEquals((await task.ended.promise).error?.name, "ClosedError");
  assertEquals(pool.stats().live, 0);
});

Deno.test("WorkerPoolOptions.onUncaught reports a failure after the end", async () => {
  const uncaught = Promise.withResolvers<UncaughtError>();
  await using pool = new WorkerPool({ maxWorkers: 1, onUncaught: uncaught.resolve });
  await pool.run(breaker, "how", "leaveTimer");
  assertMatch((await uncaught.promise).message, /left behind/);
  assertEquals((await pool.run(echo, "value", 1)).emits[0]?.payload, 1);
});

Deno.test("WorkerPool replaces a worker that leftover code blocks", async () => {
  await using pool = new WorkerPool({ maxWorkers: 1, grace: 50 });
  await pool.run(breaker, "how", "leaveLoop");
  const late = () => pool.run(echo, "value", 1, { timeout: 200 });
  await late().catch(() => {});
  assertEquals((await pool.run(echo, "value", 2)).emits[0]?.payload, 2);
});
