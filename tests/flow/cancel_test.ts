import { Flow } from "@millrace/flow";
import { ActivationCancelledError, JobCancelledError } from "@millrace/flow/errors";
import { WorkerPool } from "@millrace/flow/pool";
import {
  assertEquals,
  assertInstanceOf,
  assertStrictEquals,
  assertStringIncludes,
} from "@std/assert";
import { crowd, gate } from "../routines/gates.ts";
import {
  ABORTED,
  arrive,
  ARRIVED,
  countOf,
  HANGS,
  newLatches,
  reached,
  RELEASED,
} from "../routines/latches.ts";
import { slowToLoad, watchLoading } from "../routines/slow_to_load.ts?cancel";
import { nextEvent } from "./next_event.ts";
import { sharedPool } from "./shared_pool.ts";

const pool = sharedPool();

Deno.test("Flow.cancel() drops queued activations and ends the job", async () => {
  await using flow = new Flow({ pool, maxWorkers: 1 }).add("gate", gate);
  const latches = newLatches();
  const first = flow.start("gate.hold", { latches });
  const second = flow.start("gate.hold", { latches });
  assertStrictEquals(flow.cancel(second, "not needed"), second);
  assertEquals([second.status, second.counts.cancelled], ["cancelled", 1]);
  assertInstanceOf(second.error, JobCancelledError);
  assertStringIncludes(second.error.message, "not needed");
  assertEquals(second.error.jobId, second.jobId);
  arrive(latches, RELEASED, 2);
  await Promise.all([first.waitForCompletion(), second.waitForCompletion()]);
  assertEquals([first.status, countOf(latches, ARRIVED)], ["completed", 1]);
});

Deno.test("Flow.cancel() aborts ctx.signal of a running activation", async () => {
  await using flow = new Flow({ pool }).add("gate", gate);
  const latches = newLatches();
  const job = flow.start("gate.stoppable", { latches });
  await reached(latches, ARRIVED);
  flow.cancel(job.jobId, new Error("changed my mind"));
  await job.waitForCompletion();
  assertEquals([job.status, countOf(latches, ABORTED)], ["cancelled", 1]);
  assertInstanceOf(job.error, JobCancelledError);
  assertInstanceOf(job.error.cause, Error);
  assertEquals(job.error.cause.message, "changed my mind");
  assertEquals(job.executionHistory.at(-1)?.event, "cancelled");
});

Deno.test("Flow.cancel() ends a job after its running activations", async () => {
  await using flow = new Flow({ pool }).add("gate", gate);
  const latches = newLatches();
  const job = flow.start("gate.hold", { latches });
  await reached(latches, ARRIVED);
  flow.cancel(job);
  assertEquals([job.status, job.counts.executing], ["running", 1]);
  arrive(latches, RELEASED);
  await job.waitForCompletion();
  assertEquals([job.status, job.counts.executing], ["cancelled", 0]);
  assertEquals(job.counts.unrouted, 0, "what it emitted is no effect");
});

Deno.test("ctx.signal.reason distinguishes cancellation from failure", async () => {
  await using flow = new Flow({ pool, maxWorkers: 2 })
    .add("crowd", crowd)
    .add("gate", gate)
    .connect("crowd.one", "gate.stoppable")
    .connect("crowd.other", "gate.failsOnceOthersArrived");
  const latches = newLatches();
  const cancelled = flow.start("gate.stoppable", { latches });
  await reached(latches, ARRIVED);
  const first = nextEvent(flow, "activation_progressed");
  flow.cancel(cancelled);
  assertEquals((await first).data, JobCancelledError.name);

  const second = nextEvent(flow, "activation_progressed");
  const failed = await flow.execute("crowd.couple", { latches: newLatches() });
  assertEquals((await second).data, ActivationCancelledError.name);
  assertEquals([failed.status, failed.error?.message], ["failed", "others were at it"]);
});

Deno.test("Flow.cancel() ends a job whose handler ignores it", async () => {
  await using pool = new WorkerPool({ maxWorkers: 2, grace: 0 });
  await using flow = new Flow({ pool }).add("gate", gate);
  const [mine, yours] = [newLatches(), newLatches()];
  const job = flow.start("gate.hold", { latches: mine });
  const neighbour = flow.start("gate.hold", { latches: yours });
  await Promise.all([reached(mine, ARRIVED), reached(yours, ARRIVED)]);
  flow.cancel(job);
  await job.waitForCompletion();
  assertEquals([job.status, neighbour.status], ["cancelled", "running"]);
  arrive(yours, RELEASED);
  assertEquals((await neighbour.waitForCompletion()).status, "completed");
});

Deno.test("Flow.cancel() aborts an activation while its module loads", async () => {
  await using pool = new WorkerPool({ maxWorkers: 1, grace: HANGS });
  await using flow = new Flow({ pool }).add("slow", slowToLoad);
  const latches = newLatches();
  using loading = watchLoading();
  const job = flow.start("slow.untilStopped", { latches });
  await loading.begun;
  flow.cancel(job);
  loading.goOn();
  await job.waitForCompletion();
  assertEquals([job.status, countOf(latches, ABORTED)], ["cancelled", countOf(latches, ARRIVED)]);
  assertEquals([pool.stats().live, pool.stats().lost], [1, 0]);
});

Deno.test("Flow.cancel() ignores a job that has ended", async () => {
  await using flow = new Flow({ pool }).add("gate", gate);
  const latches = newLatches();
  arrive(latches, RELEASED);
  const job = await flow.execute("gate.hold", { latches });
  flow.cancel(job);
  assertEquals([job.status, job.error], ["completed", undefined]);
});

Deno.test("Flow.cancel() uses the first of two reasons", async () => {
  await using flow = new Flow({ pool }).add("gate", gate);
  const latches = newLatches();
  const job = flow.start("gate.stoppable", { latches });
  await reached(latches, ARRIVED);
  flow.cancel(job, "first");
  flow.cancel(job, "second");
  await job.waitForCompletion();
  assertStringIncludes(job.error?.message ?? "", "first");
});

Deno.test("Flow.cancel() ends a paused job", async () => {
  await using flow = new Flow({ pool }).add("gate", gate);
  const job = flow.start("gate.hold", { latches: newLatches() });
  flow.pause(job);
  flow.cancel(job);
  assertEquals((await job.waitForCompletion()).status, "cancelled");
});
