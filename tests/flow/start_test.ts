import { Flow } from "@millrace/flow";
import { DuplicateJobError } from "@millrace/flow/errors";
import { WorkerPool } from "@millrace/flow/pool";
import { MemoryStore } from "@millrace/flow/store";
import {
  assert,
  assertEquals,
  assertNotEquals,
  assertRejects,
  assertStrictEquals,
  assertThrows,
} from "@std/assert";
import { collector, idler } from "../routines/basics.ts";
import { thrower } from "../routines/errors.ts";
import { gate } from "../routines/gates.ts";
import { arrive, ARRIVED, newLatches, reached, RELEASED } from "../routines/latches.ts";
import { sharedPool } from "./shared_pool.ts";
import { within } from "./within.ts";

const pool = sharedPool();

Deno.test("Flow.start() returns a running job with its id", async () => {
  await using flow = new Flow({ id: "mine", pool }).add("sink", collector);
  const job = flow.start("sink.item", 1, { jobId: "job_1" });
  assertEquals([job.jobId, job.flowId, job.status], ["job_1", "mine", "running"]);
  assertEquals([job.counts.queued, job.counts.completed], [1, 0]);
  assertStrictEquals(flow.jobs.get("job_1"), job);
  assertStrictEquals(await job.waitForCompletion(), job);
  assertEquals([job.status, job.sharedData], ["completed", { sink: [1] }]);
});

Deno.test("Flow.execute() returns the job after its end", async () => {
  await using flow = new Flow({ pool }).add("sink", collector);
  const job = await flow.execute("sink.item", 1, { jobId: "job_1" });
  assertEquals([job.jobId, job.status], ["job_1", "completed"]);
  assertEquals(job.sharedData, { sink: [1] });
  assertStrictEquals(flow.jobs.get("job_1"), job);
});

Deno.test("Flow.execute() resolves for a failed job", async () => {
  await using flow = new Flow({ pool }).add("thrower", thrower);
  const job = await flow.execute("thrower.plain", "no");
  assertEquals([job.status, job.error?.message], ["failed", "no"]);
});

Deno.test("StartOptions.jobId defaults to a unique id", async () => {
  await using flow = new Flow({ pool }).add("sink", collector);
  const [a, b] = await Promise.all([flow.execute("sink.item"), flow.execute("sink.item")]);
  assert(a.jobId.length > 0);
  assertNotEquals(a.jobId, b.jobId);
  assertEquals(new Set(flow.jobs.keys()), new Set([a.jobId, b.jobId]));
});

Deno.test("Flow.execute() accepts an omitted optional payload", async () => {
  await using flow = new Flow({ pool }).add("idler", idler);
  assertEquals((await flow.execute("idler.go")).status, "completed");
  assertEquals((await flow.start("idler.go").waitForCompletion()).status, "completed");
});

Deno.test("Flow.start() isolates concurrent jobs", async () => {
  await using flow = new Flow({ pool })
    .add("gate", gate)
    .add("sink", collector)
    .connect("gate.done", "sink.item");
  const [mine, yours] = [newLatches(), newLatches()];
  const first = flow.start("gate.hold", { latches: mine });
  const second = flow.start("gate.hold", { latches: yours });
  await Promise.all([reached(mine, ARRIVED), reached(yours, ARRIVED)]);

  arrive(yours, RELEASED);
  await second.waitForCompletion();
  assertEquals([first.status, second.status], ["running", "completed"]);
  assertEquals([first.sharedData, second.sharedData], [{}, { sink: [{ latches: yours }] }]);

  arrive(mine, RELEASED);
  await first.waitForCompletion();
  assertEquals(first.sharedData, { sink: [{ latches: mine }] });
});

for (const call of ["start", "execute"] as const) {
  Deno.test(`Flow.${call}() copies the payload at the call`, async () => {
    await using flow = new Flow({ pool }).add("sink", collector);
    const payload = { list: ["before"] };
    const job = flow[call]("sink.item", payload);
    payload.list.push("after");
    const { sharedData } = await (await job).waitForCompletion();
    assertEquals(sharedData, { sink: [{ list: ["before"] }] });
  });
}

Deno.test("Flow.execute() runs beside a busy flow", async () => {
  await using pool = new WorkerPool({ maxWorkers: 2 });
  await using busy = new Flow({ pool }).add("gate", gate);
  await using flow = new Flow({ pool }).add("sink", collector);
  const latches = newLatches();
  const neighbour = busy.start("gate.spin", { latches });
  await reached(latches, ARRIVED);
  try {
    const job = await within(flow.execute("sink.item", 1));
    assertEquals([job.status, neighbour.status], ["completed", "running"]);
  } finally {
    arrive(latches, RELEASED);
  }
  await neighbour.waitForCompletion();
});

Deno.test("DuplicateJobError reports an uncommitted id of another flow", async () => {
  const store = new MemoryStore();
  await using one = new Flow({ id: "one", pool, store }).add("sink", collector);
  await using other = new Flow({ id: "other", pool, store }).add("sink", collector);
  const message = 'flow "one" already has a job "job"';
  const mine = other.start("sink.item", 1);
  const theirs = one.start("sink.item", 2, { jobId: "job" });
  assertThrows(() => other.start("sink.item", 3, { jobId: "job" }), DuplicateJobError, message);
  const from = `${mine.jobId}/1`;
  await assertRejects(() => other.rerun(mine, { from, jobId: "job" }), DuplicateJobError, message);
  await Promise.all([mine, theirs].map((job) => job.waitForCompletion()));
  assertEquals([mine.sharedData, theirs.sharedData], [{ sink: [1] }, { sink: [2] }]);
  assertEquals((await other.execute("sink.item", 4)).status, "completed");
});
