import { Flow, type JobState } from "@millrace/flow";
import { WorkerPool } from "@millrace/flow/pool";
import { assertEquals } from "@std/assert";
import { NO_WORKERS } from "../flow/shared_pool.ts";
import { within } from "../flow/within.ts";
import { collector, idler } from "../routines/basics.ts";
import { gate } from "../routines/gates.ts";
import {
  arrive,
  ARRIVED,
  countOf,
  newLatches,
  PEAK,
  reached,
  RELEASED,
  RUNNING,
} from "../routines/latches.ts";
import { killer } from "../routines/workers.ts";

Deno.test("FlowOptions.pool isolates the jobs of several flows", async () => {
  await using pool = new WorkerPool({ maxWorkers: 2 });
  await using one = new Flow({ id: "one", pool }).add("sink", collector);
  await using other = new Flow({ id: "other", pool }).add("sink", collector);
  const options = { jobId: "job_1" };
  const jobs = await Promise.all([
    one.execute("sink.item", 1, options),
    other.execute("sink.item", 2, options),
  ]);
  assertEquals(jobs.map(({ flowId, sharedData }) => [flowId, sharedData]), [
    ["one", { sink: [1] }],
    ["other", { sink: [2] }],
  ]);
});

Deno.test("FlowOptions.maxWorkers applies within the limit of the pool", async () => {
  await using pool = new WorkerPool({ maxWorkers: 3 });
  await using narrow = new Flow({ pool, maxWorkers: 1 }).add("gate", gate);
  await using wide = new Flow({ pool }).add("gate", gate);
  const [all, mine] = [newLatches(), newLatches()];
  const jobs = [
    ...[1, 2, 3].map(() => narrow.start("gate.hold", { latches: mine })),
    ...[1, 2, 3].map(() => wide.start("gate.hold", { latches: all })),
  ];
  const run = pool.run(gate, "hold", { latches: all }).then(() => "completed", String);
  await Promise.all([reached(mine, ARRIVED, 1), reached(all, ARRIVED, 2)]);
  assertEquals(countOf(mine, RUNNING) + countOf(all, RUNNING), 3);
  arrive(mine, RELEASED, 3);
  arrive(all, RELEASED, 4);
  assertEquals(await run, "completed");
  await completed(jobs);
  assertEquals([countOf(mine, PEAK), pool.stats().live], [1, 3]);
});

Deno.test("WorkerPool starts a worker before it queues tasks", async () => {
  await using pool = new WorkerPool({ maxWorkers: 2 });
  await using slow = new Flow({ pool }).add("gate", gate);
  await using quick = new Flow({ pool }).add("sink", collector);
  await quick.execute("sink.item", "there is one worker now");
  const latches = newLatches();
  const held = slow.start("gate.hold", { latches });
  const job = quick.start("sink.item", 1);
  try {
    await within(job.waitForCompletion());
    await within(pool.run(idler, "go"));
  } finally {
    arrive(latches, RELEASED);
  }
  await completed([held, job]);
});

Deno.test("Flow.close() leaves other flows of the pool running", async () => {
  await using pool = new WorkerPool({ maxWorkers: 2 });
  await using staying = new Flow({ pool }).add("gate", gate);
  const leaving = new Flow({ pool }).add("gate", gate);
  const [mine, yours] = [newLatches(), newLatches()];
  const job = staying.start("gate.hold", { latches: mine });
  const left = leaving.start("gate.stoppable", { latches: yours });
  await Promise.all([reached(mine, ARRIVED), reached(yours, ARRIVED)]);
  await leaving.close();
  assertEquals([left.status, job.status], ["cancelled", "running"]);
  assertEquals(pool.stats(), { live: 2, ready: 1, busy: 1, lost: 0, queued: 0 });
  arrive(mine, RELEASED);
  await completed([job]);
});

Deno.test("WorkerPool replaces a worker that another flow lost", async () => {
  await using pool = new WorkerPool({ maxWorkers: 1 });
  await using bad = new Flow({ pool }).add("killer", killer);
  await using good = new Flow({ pool }).add("sink", collector);
  const lost = bad.start("killer.closes");
  const job = good.start("sink.item", 1);
  await Promise.all([lost.waitForCompletion(), job.waitForCompletion()]);
  assertEquals([lost.status, job.status], ["failed", "completed"]);
});

Deno.test("WorkerPool.close() cancels the jobs of all flows", async () => {
  const pool = new WorkerPool({ maxWorkers: 2 });
  await using one = new Flow({ pool }).add("gate", gate);
  await using other = new Flow({ pool }).add("gate", gate);
  const latches = newLatches();
  const jobs = [one, other].flatMap((flow) =>
    [1, 2].map(() => flow.start("gate.stoppable", { latches }))
  );
  await reached(latches, ARRIVED, 2);
  await pool.close();
  await Promise.all(jobs.map((job) => job.waitForCompletion()));
  assertEquals(jobs.map(({ status }) => status), jobs.map(() => "cancelled"));
  assertEquals(pool.stats(), NO_WORKERS);
});

async function completed(jobs: readonly JobState[]): Promise<void> {
  await Promise.all(jobs.map((job) => job.waitForCompletion()));
  assertEquals(jobs.map(({ status }) => status), jobs.map(() => "completed"));
}
