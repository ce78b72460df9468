// Each result goes to its own run, whatever a handler does to its worker.

import { assertEquals, assertInstanceOf, assertRejects } from "@std/assert";
import { type RunEffects, WorkerPool } from "../../faces/pool.ts";
import { hostile } from "./hostile.ts";
import { listener } from "./modules/listens.ts";

type Result = RunEffects<typeof hostile.events>;

const first = ({ emits }: Pick<Result, "emits">) => emits[0]?.payload;
const names = Array.from({ length: 20 }, (_, i) => `run ${i}`);

for (const concurrency of [1, 4]) {
  const options = { maxWorkers: 1, concurrency };

  Deno.test(`WorkerPool.run() isolates results from endless recursion (concurrency ${concurrency})`, async () => {
    await using pool = new WorkerPool(options);
    for (const name of names) await pool.run(hostile, "echo", name);
    const before = names.map((name) => pool.run(hostile, "echo", name));
    const endless = assertRejects(() => pool.run(hostile, "recurses", "deep"), RangeError);
    const after = names.map((name) => pool.run(hostile, "echo", name));
    assertEquals((await Promise.all([...before, ...after])).map(first), [...names, ...names]);
    await endless;
    assertEquals(first(await pool.run(hostile, "echo", "later")), "later");
  });

  Deno.test(`WorkerPool.run() isolates results from many transferred buffers (concurrency ${concurrency})`, async () => {
    await using pool = new WorkerPool(options);
    for (const name of names) await pool.run(hostile, "echo", name);
    const moved = pool.run(hostile, "movesMany", 200_000).then(first);
    const others = names.map((name) => pool.run(hostile, "echo", name));
    assertEquals((await Promise.all(others)).map(first), names);
    assertEquals((await moved as ArrayBuffer[]).length, 200_000);
  });

  for (const slot of ["lazy", "callable"] as const) {
    Deno.test(`WorkerPool.run() awaits a ${slot} thenable once (concurrency ${concurrency})`, async () => {
      await using pool = new WorkerPool(options);
      const sent = names.map(() => new SharedArrayBuffer(8));
      await Promise.all(sent.map((memory) => pool.run(hostile, slot, memory)));
      for (const memory of sent) assertEquals([...new Int32Array(memory)], [1, 1]);
    });
  }
}

Deno.test("WorkerPool.run() rejects when a revoked proxy is thrown", async () => {
  await using pool = new WorkerPool({ maxWorkers: 1 });
  const neighbours = names.map((name) => pool.run(hostile, "echo", name));
  assertInstanceOf(await pool.run(hostile, "throwsProxy").catch((error) => error), Error);
  assertEquals((await Promise.all(neighbours)).map(first), names);
  assertEquals(pool.stats().live, 1);
});

Deno.test("WorkerPool.run() rejects with an error after an unawaited flush", async () => {
  await using pool = new WorkerPool({ maxWorkers: 1, concurrency: 4 });
  const { workerId } = await assertRejects(
    () => pool.run(hostile, "flushes"),
    TypeError,
    "thrown at once",
  ) as TypeError & { readonly workerId: string };
  const again = await pool.run(hostile, "flushes").catch((error) => error.workerId);
  assertEquals([workerId, again], ["w1", "w1"], "its worker goes on");
});

Deno.test("RoutineContext is frozen and hides its activation", async () => {
  await using pool = new WorkerPool({ maxWorkers: 1 });
  const errors = first(await pool.run(hostile, "changesContext"));
  assertEquals(errors, ["TypeError", "TypeError", "TypeError", "TypeError"]);
  assertEquals(first(await pool.run(hostile, "echo", "the next")), "the next");
});

Deno.test("WorkerPool hides its messages from a module's listeners", async () => {
  await using pool = new WorkerPool({ maxWorkers: 1, concurrency: 2 });
  for (let i = 0; i < 3; i++) await pool.run(listener, "go", i);
  const both = await Promise.all([pool.run(listener, "go", 1), pool.run(listener, "go", 2)]);
  assertEquals(both.map(({ emits }) => emits[0]?.payload), [0, 0]);
  assertEquals(pool.stats().live, 1, "a message that a routine makes itself is none of the pool's");
});
