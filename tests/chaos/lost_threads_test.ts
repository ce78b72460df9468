// The platform does not stop a thread that never yields: it is given up, counted and capped, and the
// program ends without it.

import { Flow } from "@millrace/flow";
import { ActivationTimeoutError, type UncaughtError, WorkerLostError } from "@millrace/flow/errors";
import type { WorkerPool } from "@millrace/flow/pool";
import { assertEquals, assertInstanceOf, assertMatch } from "@std/assert";
import { runDeno } from "../run_deno.ts";
import { arrive, ARRIVED, countOf, newLatches, reached, RELEASED } from "../routines/latches.ts";
import { BOUND, eventually, hasStats, newPool, NO_WORKERS, resultOf } from "./pools.ts";
import { chaotic, healthy, leaver, moody } from "./routines.ts";

Deno.test("PoolStats.lost counts a thread until it ends", async () => {
  await using pool = newPool({ maxWorkers: 1 });
  await using flow = new Flow({ pool })
    .add("chaotic", chaotic, { runTimeout: 200 })
    .add("healthy", healthy);
  const latches = newLatches();
  const job = flow.start("chaotic.spins", { latches, attempts: 1, whenStopped: false });
  const next = flow.start("healthy.doubled", 7);
  await Promise.all([job, next].map((job) => job.waitForCompletion(BOUND)));
  assertEquals([job.status, next.status, pool.stats().lost], ["failed", "completed", 1]);
  assertEquals(pool.stats().live, 1);
  arrive(latches, RELEASED);
  await hasStats(pool, { live: 1, ready: 1, busy: 0, lost: 0, queued: 0 });
});

Deno.test("WorkerPoolOptions.maxLost fails queued jobs until a thread ends", async () => {
  const pool = newPool({ maxWorkers: 1, maxLost: 1 });
  await using flow = new Flow({ pool })
    .add("chaotic", chaotic, { runTimeout: 100 })
    .add("healthy", healthy);
  const latches = newLatches();
  const job = flow.start("chaotic.spins", { latches, attempts: 1, whenStopped: false });
  const waiting = [1, 2, 3].map((n) => flow.start("healthy.doubled", n));
  await Promise.all([job, ...waiting].map((job) => job.waitForCompletion(BOUND)));
  assertInstanceOf(job.error, ActivationTimeoutError);
  for (const { error } of waiting) {
    assertInstanceOf(error, WorkerLostError);
    assertMatch(error.message, /^no worker is left: 1 threads .* as many as maxLost allows/);
  }
  assertEquals(pool.stats(), { live: 0, ready: 0, busy: 0, lost: 1, queued: 0 });

  arrive(latches, RELEASED);
  await hasStats(pool, NO_WORKERS);
  const later = await flow.start("healthy.doubled", 4).waitForCompletion(BOUND);
  assertEquals(later.status, "completed");
  await pool.close();
  assertEquals(pool.stats(), NO_WORKERS);
});

/** The timeout is for the one that loops alone: however slow the machine is, the others have time. */
function moodyFlow(pool: WorkerPool) {
  return new Flow({ pool }).add("moody", moody).add("endless", moody, { runTimeout: 300 });
}

Deno.test("WorkerPool preserves results from before an endless loop", async () => {
  await using pool = newPool({ maxWorkers: 1 });
  await using flow = moodyFlow(pool);
  // Enough that the worker is known to be quick, and is given several at once.
  const quick = Array.from(
    { length: 200 },
    (_, i) => i % 2 ? flow.start("moody.item") : flow.start("endless.item"),
  );
  await Promise.all(quick.map((job) => job.waitForCompletion(BOUND)));
  const latches = newLatches();
  const jobs = Array.from(
    { length: 40 },
    (_, i) => i === 20 ? flow.start("endless.item", latches) : flow.start("moody.item"),
  );
  await Promise.all(jobs.map((job) => job.waitForCompletion(BOUND)));
  arrive(latches, RELEASED);
  const failed = jobs.flatMap(({ status, error }, i) =>
    status === "failed" ? [[i, error?.name]] : []
  );
  assertEquals(failed, [[20, "ActivationTimeoutError"]]);
  await hasStats(pool, { live: 1, ready: 1, busy: 0, lost: 0, queued: 0 });
});

Deno.test("WorkerPool counts re-executed activations once", async () => {
  await using pool = newPool({ maxWorkers: 1 });
  await using flow = moodyFlow(pool);
  const quick = Array.from(
    { length: 100 },
    (_, i) => i % 2 ? flow.start("moody.inParts") : flow.start("endless.item"),
  );
  await Promise.all(quick.map((job) => job.waitForCompletion(BOUND)));
  for (let round = 0; round < 5; round++) {
    const latches = newLatches();
    const jobs = Array.from(
      { length: 6 },
      (_, i) => i === 3 ? flow.start("endless.item", latches) : flow.start("moody.inParts"),
    );
    await Promise.all(jobs.map((job) => job.waitForCompletion(BOUND)));
    arrive(latches, RELEASED);
    for (const [i, { status, sharedData, sharedLog }] of jobs.entries()) {
      if (i === 3) assertEquals([status, sharedData], ["failed", {}]);
      else assertEquals([status, sharedData, sharedLog.length], ["completed", { count: 1 }, 1]);
    }
  }
  await hasStats(pool, { live: 1, ready: 1, busy: 0, lost: 0, queued: 0 });
});

Deno.test("Flow.cancel() works during an endless loop", async () => {
  await using pool = newPool({ maxWorkers: 1 });
  await using flow = new Flow({ pool }).add("moody", moody);
  const quick = Array.from({ length: 200 }, () => flow.start("moody.idle"));
  await Promise.all(quick.map((job) => job.waitForCompletion(BOUND)));
  const latches = newLatches();
  // Some have effects and some have none, which are reported in different ways.
  const jobs = Array.from(
    { length: 20 },
    (_, i) => i % 2 ? flow.start("moody.idle") : flow.start("moody.item"),
  );
  const endless = flow.start("moody.item", latches);
  await reached(latches, ARRIVED);
  for (const job of jobs) flow.cancel(job);
  await Promise.all(jobs.map((job) => job.waitForCompletion(BOUND)));
  assertEquals([endless.status, countOf(latches, RELEASED)], ["running", 0]);
  arrive(latches, RELEASED);
  await endless.waitForCompletion(BOUND);
});

Deno.test("WorkerPool replaces a worker that leftover code blocks", async () => {
  await using pool = newPool({ maxWorkers: 1, loadTimeout: 1_500 });
  await using flow = new Flow({ pool })
    .add("leaver", leaver)
    // Rings while the work waits at that worker, which is no time of its own.
    .add("healthy", healthy, { runTimeout: 1_000 });
  const latches = newLatches();
  const job = await flow.start("leaver.spinning", latches).waitForCompletion(BOUND);
  await eventually(() => countOf(latches, ARRIVED) === 1);
  const others = [1, 2, 3].map((n) => flow.start("healthy.doubled", n));
  await Promise.all(others.map((job) => job.waitForCompletion(BOUND)));
  arrive(latches, RELEASED);
  assertEquals([job.status, ...others.map(resultOf)], ["completed", 1, 2, 3]);
  await hasStats(pool, { live: 1, ready: 1, busy: 0, lost: 0, queued: 0 });
});

Deno.test("WorkerPoolOptions.onUncaught reports a failure after the end", async () => {
  const uncaught: UncaughtError[] = [];
  await using pool = newPool({ maxWorkers: 1, onUncaught: (error) => uncaught.push(error) });
  await using flow = new Flow({ pool }).add("leaver", leaver).add("healthy", healthy);
  const job = await flow.start("leaver.item").waitForCompletion(BOUND);
  assertEquals(job.status, "completed");
  await hasStats(pool, NO_WORKERS);
  assertEquals(uncaught.map(({ cause }) => String(cause)), ["RangeError: after the end"]);
  const next = await flow.start("healthy.doubled", 3).waitForCompletion(BOUND);
  assertEquals([next.status, job.status, job.error], ["completed", "completed", undefined]);
});

for (
  const [how, error] of [
    ["flow", "ActivationTimeoutError"],
    ["pool", "RangeError"],
    ["at once", "ActivationTimeoutError"],
  ] as const
) {
  Deno.test(`WorkerPool.close() lets a looping program end (${how})`, async () => {
    const program = new URL("./endless_program.ts", import.meta.url);
    const { code, stdout, stderr } = await runDeno(program, [how]);
    assertEquals({ code, stdout, stderr }, {
      code: 0,
      stdout: `${error}, lost 1\n`,
      stderr: "",
    });
  });
}
