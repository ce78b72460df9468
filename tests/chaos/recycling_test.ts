// Workers are renewed after a number of activations, or on request, and the flow goes on meanwhile.

import { Flow, type JobState } from "@millrace/flow";
import { assert, assertEquals } from "@std/assert";
import { gate } from "../routines/gates.ts";
import { arrive, ARRIVED, newLatches, reached, RELEASED } from "../routines/latches.ts";
import { BOUND, hasStats, newPool, NO_WORKERS, resultOf } from "./pools.ts";
import { healthy } from "./routines.ts";

Deno.test("WorkerPoolOptions.maxActivations bounds the activations of a worker", async () => {
  const pool = newPool({ maxActivations: 5 });
  {
    await using flow = new Flow({ pool }).add("healthy", healthy)
      .connect("healthy.doubled", "healthy.doubled");
    const jobs = Array.from({ length: 20 }, (_, n) => flow.start("healthy.item", n));
    await Promise.all(jobs.map((job) => job.waitForCompletion(BOUND)));
    assertEquals(jobs.map(resultOf), jobs.map((_, n) => 2 * n));
    const executed = Map.groupBy(workersOf(jobs), (id) => id);
    for (const [id, times] of executed) assert(times.length <= 5, `${id}: ${times.length}`);
    assert(executed.size >= 8, `${executed.size} workers for 40 activations`);
    assert(pool.stats().live <= 2);
  }
  await pool.close();
  await hasStats(pool, NO_WORKERS);
});

Deno.test("WorkerPool.recycle() lets running activations finish", async () => {
  await using pool = newPool();
  await using flow = new Flow({ pool }).add("gate", gate).add("healthy", healthy);
  await flow.preload();
  const latches = newLatches();
  const long = flow.start("gate.quiet", { latches });
  await reached(latches, ARRIVED);
  const old = await flow.start("healthy.doubled", 1).waitForCompletion(BOUND);
  const before = new Set([...workersOf([old]), ...long.executing.map(({ workerId }) => workerId)]);
  assertEquals(before.size, 2);

  pool.recycle();
  const next = await flow.start("healthy.doubled", 2).waitForCompletion(BOUND);
  assert(workersOf([next]).every((id) => !before.has(id)), "it was executed at a new worker");
  assertEquals([long.status, next.status], ["running", "completed"]);
  arrive(latches, RELEASED);
  await long.waitForCompletion(BOUND);
  assertEquals([long.status, before.has(workersOf([long])[0] ?? "")], ["completed", true]);
  const { live } = pool.stats();
  assert(live <= 2);
  await hasStats(pool, { live, ready: live, busy: 0, lost: 0, queued: 0 });
});

Deno.test("WorkerPool.recycle() loses nothing under load", async () => {
  await using pool = newPool();
  await using flow = new Flow({ pool }).add("healthy", healthy)
    .connect("healthy.doubled", "healthy.doubled");
  const jobs: JobState[] = [];
  for (let round = 0; round < 5; round++) {
    for (let n = 0; n < 40; n++) jobs.push(flow.start("healthy.item", n));
    await jobs.at(-40)?.waitForCompletion(BOUND);
    pool.recycle();
  }
  await Promise.all(jobs.map((job) => job.waitForCompletion(BOUND)));
  assertEquals(jobs.map(resultOf), jobs.map((_, i) => 2 * (i % 40)));
  assertEquals(jobs.filter(({ counts }) => counts.retries > 0), []);
});

function workersOf(jobs: readonly JobState[]): string[] {
  return jobs.flatMap(({ spans }) => spans.map(({ workerId }) => workerId));
}
