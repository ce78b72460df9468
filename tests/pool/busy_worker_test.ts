// A worker whose thread is busy, where workers execute several activations: it is given no more while
// another could execute it, and what waits there is taken back.

import { WorkerPool } from "@millrace/flow/pool";
import { assert, assertEquals } from "@std/assert";
import { gate } from "../routines/gates.ts";
import { arrive, ARRIVED, countOf, newLatches, reached, RELEASED } from "../routines/latches.ts";
import { echo } from "./routines.ts";
import { bind, outcomes, TestSource, TestTask } from "./tasks.ts";
import { until } from "./until.ts";

const hold = bind(gate);
const emit = bind(echo);

/** Tasks that hold their thread no time at all. */
function quick(count: number): TestTask[] {
  const latches = newLatches();
  arrive(latches, RELEASED);
  return Array.from({ length: count }, (_, i) => new TestTask(`${i}`, hold, "spin", { latches }));
}

function workersOf(ends: Awaited<ReturnType<typeof outcomes>>): Set<string | undefined> {
  return new Set(ends.map(({ execution }) => execution?.workerId));
}

Deno.test("WorkerPool routes tasks away from a busy worker", async () => {
  await using pool = new WorkerPool({ maxWorkers: 2, concurrency: 8 });
  await pool.load([hold, emit], 2);
  const source = new TestSource(pool, 2);
  const wide = new TestSource(pool, 8);
  const latches = newLatches();
  const spin = new TestTask("spin", hold, "spin", { latches });
  source.add(spin);
  await reached(latches, ARRIVED);
  for (let round = 0; round < 20; round++) {
    const tasks = Array.from({ length: 10 }, (_, n) => new TestTask(`${n}`, emit, "value", n));
    wide.add(...tasks);
    const ends = await outcomes(tasks);
    assertEquals(workersOf(ends).size, 1);
    assert(!workersOf(ends).has(await spin.begun.promise));
  }
  arrive(latches, RELEASED);
  await spin.ended.promise;
});

Deno.test("WorkerPool calls awaiting handlers together on a free worker", async () => {
  await using pool = new WorkerPool({ maxWorkers: 2, concurrency: 8 });
  await pool.load([hold], 2);
  const source = new TestSource(pool, 8);
  const [busy, waiting] = [newLatches(), newLatches()];
  const spin = new TestTask("spin", hold, "spin", { latches: busy });
  source.add(spin);
  await reached(busy, ARRIVED);
  // As many as one worker executes at once.
  const tasks = Array.from(
    { length: 4 },
    (_, i) => new TestTask(`${i}`, hold, "hold", { latches: waiting }),
  );
  source.add(...tasks);
  await reached(waiting, ARRIVED, 4);
  assertEquals(countOf(busy, RELEASED), 0);
  arrive(waiting, RELEASED, 4);
  assertEquals(workersOf(await outcomes(tasks)).size, 1);
  arrive(busy, RELEASED);
  await spin.ended.promise;
});

for (const concurrency of [3, 12]) {
  Deno.test(`WorkerPool revokes tasks behind a busy handler (concurrency ${concurrency})`, async () => {
    await using pool = new WorkerPool({ maxWorkers: 3, concurrency });
    const source = new TestSource(pool, concurrency);
    const latches = newLatches();
    // Enough that the workers are known to be quick, and are given several at once.
    for (let round = 0; round < 3; round++) {
      const tasks = quick(200);
      source.add(...tasks);
      await outcomes(tasks);
    }
    const spin = new TestTask("spin", hold, "spin", { latches });
    const others = quick(130);
    source.add(...others.slice(0, 30), spin, ...others.slice(30));
    await reached(latches, ARRIVED);
    // A task that has been executed may have to wait until its worker can report it.
    const isOver = (task: TestTask) => [undefined, "ended"].includes(pool.stateOf(task));
    await until(() => others.every(isOver));
    assertEquals([pool.stateOf(spin), countOf(latches, RELEASED)], ["running", 0]);
    arrive(latches, RELEASED);
    const ends = await outcomes([spin, ...others]);
    assertEquals(ends.filter(({ error }) => error !== undefined), []);
    assertEquals(others.filter(({ calls }) => calls.join() !== "begin,end"), []);
  });
}

Deno.test("WorkerPool.recycle() moves queued tasks off a busy worker", async () => {
  await using pool = new WorkerPool({ maxWorkers: 1, concurrency: 6 });
  await pool.load([hold], 1);
  const source = new TestSource(pool, 6);
  const [busy, waiting] = [newLatches(), newLatches()];
  const spin = new TestTask("spin", hold, "spin", { latches: busy });
  source.add(spin);
  await reached(busy, ARRIVED);
  const tasks = Array.from(
    { length: 5 },
    (_, i) => new TestTask(`${i}`, hold, "hold", { latches: waiting }),
  );
  source.add(...tasks);
  pool.recycle();
  await reached(waiting, ARRIVED, 5);
  assertEquals(countOf(busy, RELEASED), 0);
  arrive(waiting, RELEASED, 5);
  const workers = workersOf(await outcomes(tasks));
  assert(!workers.has(await spin.begun.promise) && workers.size === 1);
  arrive(busy, RELEASED);
  await spin.ended.promise;
});
