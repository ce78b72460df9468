// A pool that may execute more activations at once than it has workers.

import { assert, assertEquals, assertThrows } from "@std/assert";
import { InvalidOptionError } from "../../faces/errors.ts";
import { WorkerPool } from "../../faces/pool.ts";
import { Flow } from "../../mod.ts";
import { gate } from "../routines/gates.ts";
import {
  arrive,
  ARRIVED,
  countOf,
  newLatches,
  PEAK,
  reached,
  RELEASED,
} from "../routines/latches.ts";
import { greatestOverlap } from "../laws/spans.ts";
import { bind, outcomes, TestSource, TestTask } from "./tasks.ts";
import { until } from "./until.ts";

const hold = bind(gate);

/** Tasks that wait for their turn to be released. */
function holding(count: number, latches: SharedArrayBuffer): TestTask[] {
  return Array.from({ length: count }, (_, i) => new TestTask(`${i}`, hold, "hold", { latches }));
}

Deno.test("WorkerPoolOptions.concurrency interleaves awaiting handlers in one worker", async () => {
  await using pool = new WorkerPool({ maxWorkers: 1, concurrency: 20 });
  const latches = newLatches();
  const runs = Array.from({ length: 20 }, () => pool.run(gate, "hold", { latches }));
  await reached(latches, ARRIVED, 20);
  assertEquals(pool.stats(), { live: 1, ready: 0, busy: 1, lost: 0, queued: 0 });
  arrive(latches, RELEASED, 20);
  for (const { emits } of await Promise.all(runs)) {
    assertEquals(emits.map(({ event }) => event), ["done"]);
  }
  assertEquals(countOf(latches, PEAK), 20);
});

for (const [maxWorkers, concurrency] of [[1, 3], [2, 5], [3, 3], [3, 7]] as const) {
  Deno.test(`WorkerPoolOptions.concurrency fills ${maxWorkers} workers with ${concurrency} activations`, async () => {
    await using pool = new WorkerPool({ maxWorkers, concurrency });
    const source = new TestSource(pool, Infinity);
    const latches = newLatches();
    const tasks = holding(30, latches);
    source.add(...tasks);
    for (let ended = 0; ended < tasks.length; ended++) {
      // Each that goes on makes room for the next.
      await reached(latches, ARRIVED, Math.min(ended + concurrency, tasks.length));
      arrive(latches, RELEASED);
    }
    const spans = (await outcomes(tasks)).flatMap(({ execution = [] }) => execution);
    assertEquals([countOf(latches, PEAK), greatestOverlap(spans)], [concurrency, concurrency]);
    assert(new Set(spans.map(({ workerId }) => workerId)).size <= maxWorkers);
  });
}

Deno.test("WorkerPoolOptions.concurrency spreads tasks over the workers", async () => {
  await using pool = new WorkerPool({ maxWorkers: 2, concurrency: 8 });
  await pool.load([hold], 2);
  const source = new TestSource(pool, 8);
  const latches = newLatches();
  const tasks = holding(8, latches);
  source.add(...tasks);
  await reached(latches, ARRIVED, 8);
  const workers = await Promise.all(tasks.map(({ begun }) => begun.promise));
  assertEquals(Object.values(Object.groupBy(workers, (id) => id)).map((one) => one?.length), [
    4,
    4,
  ]);
  arrive(latches, RELEASED, 8);
  await outcomes(tasks);
});

Deno.test("WorkerPoolOptions.concurrency defaults to maxWorkers", async () => {
  await using pool = new WorkerPool({ maxWorkers: 3 });
  await using wide = new WorkerPool({ maxWorkers: 2, concurrency: 9 });
  const { concurrency: ofFlow } = new Flow({ maxWorkers: 4 });
  const { concurrency: ofPool } = new Flow({ pool: wide });
  const { concurrency: ofBoth } = new Flow({ maxWorkers: 1, pool: wide });
  assertEquals([pool.concurrency, ofFlow, ofPool, ofBoth], [3, 4, 9, 1]);
  for (const concurrency of [0, -1, NaN, 1.5]) {
    assertThrows(() => new WorkerPool({ concurrency }), InvalidOptionError, "concurrency");
    assertThrows(() => new Flow({ concurrency }), InvalidOptionError, "concurrency");
  }
});

Deno.test("WorkerPoolOptions.concurrency may be below maxWorkers", async () => {
  await using pool = new WorkerPool({ maxWorkers: 4, concurrency: 2 });
  const source = new TestSource(pool, 4);
  const latches = newLatches();
  const tasks = holding(6, latches);
  source.add(...tasks);
  for (let ended = 0; ended < 6; ended++) {
    await reached(latches, ARRIVED, Math.min(ended + 2, 6));
    arrive(latches, RELEASED);
  }
  await outcomes(tasks);
  assertEquals(countOf(latches, PEAK), 2);
});

Deno.test("WorkerPool.stats() counts busy workers and queued tasks", async () => {
  await using pool = new WorkerPool({ maxWorkers: 2, concurrency: 6 });
  const latches = newLatches();
  const runs = Array.from({ length: 10 }, () => pool.run(gate, "hold", { latches }));
  await reached(latches, ARRIVED, 6);
  assertEquals(pool.stats(), { live: 2, ready: 0, busy: 2, lost: 0, queued: 4 });
  for (let released = 1; released <= 4; released++) {
    arrive(latches, RELEASED);
    await reached(latches, ARRIVED, 6 + released);
    assertEquals(pool.stats().queued, 4 - released);
  }
  arrive(latches, RELEASED, 6);
  await Promise.all(runs);
  await until(() => pool.stats().ready === 2);
  assertEquals(pool.stats(), { live: 2, ready: 2, busy: 0, lost: 0, queued: 0 });
});

Deno.test("FlowOptions.concurrency fills one worker of the pool", async () => {
  await using pool = new WorkerPool({ maxWorkers: 2, concurrency: 20 });
  await using flow = new Flow({ pool, maxWorkers: 1, concurrency: 10 }).add("gate", gate);
  await pool.load([hold], 2);
  const latches = newLatches();
  const jobs = Array.from({ length: 25 }, () => flow.start("gate.hold", { latches }));
  for (let ended = 0; ended < jobs.length; ended++) {
    await reached(latches, ARRIVED, Math.min(ended + 10, jobs.length));
    arrive(latches, RELEASED);
  }
  await Promise.all(jobs.map((job) => job.waitForCompletion()));
  const spans = jobs.flatMap(({ spans }) => spans);
  assertEquals(new Set(spans.map(({ workerId }) => workerId)).size, 1);
  assertEquals(countOf(latches, PEAK), 10);
});

Deno.test("FlowOptions.concurrency applies within the limit of the pool", async () => {
  await using pool = new WorkerPool({ maxWorkers: 2, concurrency: 6 });
  await using small = new Flow({ id: "small", pool, concurrency: 2 }).add("gate", gate);
  await using large = new Flow({ id: "large", pool, concurrency: 5 }).add("gate", gate);
  const all = newLatches();
  const few = Array.from({ length: 8 }, () => small.start("gate.hold", { latches: all }));
  const many = Array.from({ length: 12 }, () => large.start("gate.hold", { latches: all }));
  for (let ended = 0; ended < 20; ended++) {
    // Later only one of them may have something left.
    await reached(all, ARRIVED, ended === 0 ? 6 : ended + 1);
    arrive(all, RELEASED);
  }
  await Promise.all([...few, ...many].map((job) => job.waitForCompletion()));
  const overlap = (jobs: typeof few) => greatestOverlap(jobs.flatMap(({ spans }) => spans));
  assertEquals([countOf(all, PEAK), overlap([...few, ...many])], [6, 6]);
  assert(overlap(few) <= 2 && overlap(many) <= 5, `${overlap(few)} ${overlap(many)}`);
});

Deno.test("FlowOptions.executionStrategy overrides concurrency", async () => {
  await using pool = new WorkerPool({ maxWorkers: 2, concurrency: 20 });
  const options = { pool, concurrency: 10, executionStrategy: "sequential" } as const;
  await using flow = new Flow(options).add("gate", gate);
  const latches = newLatches();
  const jobs = Array.from({ length: 10 }, () => flow.start("gate.hold", { latches }));
  for (let ended = 0; ended < 10; ended++) {
    await reached(latches, ARRIVED, ended + 1);
    arrive(latches, RELEASED);
  }
  await Promise.all(jobs.map((job) => job.waitForCompletion()));
  assertEquals(countOf(latches, PEAK), 1);
});
