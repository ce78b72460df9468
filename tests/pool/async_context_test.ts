// Each activation has an async context of its own, whatever its neighbours enter.

import { assertEquals } from "@std/assert";
import { type Outcome, WorkerPool } from "../../faces/pool.ts";
import { arrive, ARRIVED, newLatches, reached, RELEASED } from "../routines/latches.ts";
import { entering } from "./entering.ts";
import { bind, outcomes, TestSource, TestTask } from "./tasks.ts";

const ns = Array.from({ length: 40 }, (_, n) => n + 1);
const enters = bind(entering);

function seenIn(outcome: Outcome): unknown {
  return outcome.error === undefined ? outcome.effects.emits[0]?.payload : outcome.error.message;
}

for (const concurrency of [1, 8, 50]) {
  Deno.test(`WorkerPool isolates async contexts of handlers (concurrency ${concurrency})`, async () => {
    await using pool = new WorkerPool({ maxWorkers: 1, concurrency });
    const source = new TestSource(pool, concurrency);
    // In the second round it is known that they await nothing, and that they are quick.
    for (let round = 0; round < 3; round++) {
      const tasks = ns.map((n) => new TestTask(`${n}`, enters, "atOnce", n));
      source.add(...tasks);
      assertEquals((await outcomes(tasks)).map(seenIn), ns.map((n) => [undefined, n]));
    }
  });
}

Deno.test("WorkerPool isolates async contexts of concurrent handlers", async () => {
  await using pool = new WorkerPool({ maxWorkers: 1, concurrency: 45 });
  const latches = newLatches();
  const runs = ns.map((n) => pool.run(entering, "awaiting", { latches, n }));
  await reached(latches, ARRIVED, ns.length);
  // Others come and go meanwhile, and enter something too.
  const others = await Promise.all(ns.map((n) => pool.run(entering, "atOnce", -n)));
  arrive(latches, RELEASED);
  const seen = (await Promise.all(runs)).map(({ emits }) => emits[0]?.payload);
  assertEquals(seen, ns.map((n) => [undefined, n]));
  assertEquals(others.map(({ emits }) => emits[0]?.payload), ns.map((n) => [undefined, -n]));
});

for (const concurrency of [1, 8]) {
  Deno.test(`WorkerPool isolates a handler that awaits unexpectedly (concurrency ${concurrency})`, async () => {
    await using pool = new WorkerPool({ maxWorkers: 1, concurrency });
    const source = new TestSource(pool, concurrency);
    const latches = newLatches();
    const task = (n: number, awaits: boolean) =>
      new TestTask(`${n}`, enters, "nowAndThen", { latches, n, awaits });
    for (let round = 0; round < 5; round++) {
      const quick = ns.map((n) => task(n, false));
      source.add(...quick);
      await outcomes(quick);
    }
    const first = task(1, true);
    const rest = ns.map((n) => task(n, false));
    source.add(first, ...rest);
    await reached(latches, ARRIVED);
    arrive(latches, RELEASED);
    assertEquals(seenIn(await first.ended.promise), [undefined, 1]);
    assertEquals((await outcomes(rest)).map(seenIn), ns.map(() => [undefined, undefined]));
  });
}

Deno.test("WorkerPool isolates the async context of an abort listener", async () => {
  await using pool = new WorkerPool({ maxWorkers: 1, concurrency: 20 });
  const latches = newLatches();
  const source = new TestSource(pool, 20);
  const task = new TestTask("aborted", enters, "aborted", { latches, n: 7 });
  source.add(task);
  const other = new TestTask("other", enters, "awaiting", { latches, n: 8 });
  source.add(other);
  await reached(latches, ARRIVED, 2);
  pool.abort(task, new RangeError("enough"));
  assertEquals(seenIn(await task.ended.promise), [undefined, 7]);
  const { emits } = await pool.run(entering, "atOnce", 9);
  arrive(latches, RELEASED);
  assertEquals(emits[0]?.payload, [undefined, 9]);
  assertEquals(seenIn(await other.ended.promise), [undefined, 8]);
});
