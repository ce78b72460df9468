// Cancelling touches one job alone, or one activation: all others go on, also at the same workers.

import { Flow } from "@millrace/flow";
import { ActivationCancelledError, JobCancelledError } from "@millrace/flow/errors";
import { WorkerPool } from "@millrace/flow/pool";
import {
  assertEquals,
  assertInstanceOf,
  assertMatch,
  assertStrictEquals,
  assertThrows,
} from "@std/assert";
import {
  ABORTED,
  arrive,
  ARRIVED,
  countOf,
  newLatches,
  reached,
  RELEASED,
} from "../routines/latches.ts";
import { BOUND, next, sharedPool } from "./pools.ts";
import { keeper, waiter } from "./routines.ts";

const pool = sharedPool(1);

function newFlow() {
  return new Flow({ id: "cancelling", pool }).add("waiter", waiter).add("keeper", keeper);
}

Deno.test("Flow.cancel() leaves other queued jobs running", async () => {
  await using flow = newFlow();
  const latches = newLatches();
  const before = [1, 2, 3].map((n) => flow.start("keeper.item", n));
  const job = flow.start("waiter.heedful", { latches });
  const behind = [4, 5, 6].map((n) => flow.start("keeper.item", n));
  await reached(latches, ARRIVED);
  flow.cancel(job, "changed my mind");
  const others = [...before, ...behind];
  await Promise.all([job, ...others].map((job) => job.waitForCompletion(BOUND)));
  assertEquals([job.status, countOf(latches, ABORTED)], ["cancelled", 1]);
  assertEquals(others.map(({ sharedData }) => sharedData.kept), [[1], [2], [3], [4], [5], [6]]);
  assertEquals(others.filter(({ counts }) => counts.retries + counts.cancelled > 0), []);
});

Deno.test("Flow.cancel() replaces a worker that ignores the abort", async () => {
  await using pool = new WorkerPool({ maxWorkers: 1, grace: 0, idleTimeout: Infinity });
  await using flow = new Flow({ pool }).add("waiter", waiter).add("keeper", keeper);
  const latches = newLatches();
  const job = flow.start("waiter.deaf", { latches });
  const behind = [1, 2, 3].map((n) => flow.start("keeper.item", n));
  await reached(latches, ARRIVED);
  flow.cancel(job);
  await Promise.all([job, ...behind].map((job) => job.waitForCompletion(BOUND)));
  assertEquals([job.status, job.counts.unrouted], ["cancelled", 0]);
  assertEquals(behind.map(({ sharedData }) => sharedData.kept), [[1], [2], [3]]);
  assertEquals(pool.stats().live, 1);
});

Deno.test("StartOptions.signal cancels its job with the reason", async () => {
  await using flow = newFlow();
  const [mine, latches] = [new AbortController(), newLatches()];
  const job = flow.start("waiter.heedful", { latches }, { signal: mine.signal });
  const other = flow.start("keeper.item", 1, { signal: new AbortController().signal });
  await reached(latches, ARRIVED);
  mine.abort(new RangeError("out of time"));
  await Promise.all([job, other].map((job) => job.waitForCompletion(BOUND)));
  assertEquals([job.status, other.status], ["cancelled", "completed"]);
  assertInstanceOf(job.error, JobCancelledError);
  assertInstanceOf(job.error.cause, RangeError);
  assertMatch(job.error.message, /was cancelled: out of time$/);
});

Deno.test("StartOptions.signal cancels several unfinished jobs", async () => {
  await using flow = newFlow();
  const all = new AbortController();
  const done = await flow.start("keeper.item", 1, { signal: all.signal }).waitForCompletion(BOUND);
  flow.pause();
  const jobs = [1, 2, 3].map((n) => flow.start("keeper.item", n, { signal: all.signal }));
  all.abort("enough");
  assertEquals(jobs.map(({ status }) => status), ["cancelled", "cancelled", "cancelled"]);
  assertEquals([done.status, done.error], ["completed", undefined]);
  assertThrows(() => flow.start("keeper.item", 1, { signal: all.signal }));
});

Deno.test("Flow.cancelActivation() drops a queued activation", async () => {
  await using flow = newFlow();
  const latches = newLatches();
  const first = flow.start("waiter.deaf", { latches });
  await reached(latches, ARRIVED);
  const job = flow.start("keeper.item", 1, { jobId: "dropped" });
  const cancelled = next(flow, "activation_cancelled");
  flow.cancelActivation(job, "dropped/1", new RangeError("not needed"));
  await job.waitForCompletion(BOUND);
  assertEquals([job.status, job.error, job.sharedData], ["completed", undefined, {}]);
  assertEquals([job.counts.cancelled, job.counts.failed, job.errors], [1, 0, []]);
  const { error } = await cancelled;
  assertEquals([error?.name, error?.fields?.activationId], [
    "ActivationCancelledError",
    "dropped/1",
  ]);
  arrive(latches, RELEASED);
  await first.waitForCompletion(BOUND);
});

Deno.test("Flow.cancelActivation() aborts an executing activation", async () => {
  await using flow = newFlow();
  const latches = newLatches();
  const job = flow.start("waiter.heedful", { latches }, { jobId: "stopped" });
  await reached(latches, ARRIVED);
  const progressed = next(flow, "activation_progressed");
  flow.cancelActivation(job, "stopped/1", "not needed");
  await job.waitForCompletion(BOUND);
  assertEquals((await progressed).data, {
    name: ActivationCancelledError.name,
    message: 'activation "stopped/1" was cancelled',
  });
  assertEquals([job.status, job.counts.cancelled, job.counts.failed], ["completed", 1, 0]);
  assertStrictEquals(job.error, undefined);
});

Deno.test("Flow.cancelActivation() leaves other activations of the job", async () => {
  await using wide = new WorkerPool({ maxWorkers: 2, idleTimeout: Infinity });
  await using flow = new Flow({ pool: wide })
    .add("entry", waiter)
    .add("left", waiter)
    .add("right", waiter)
    .connect("entry.done", "left.either")
    .connect("entry.done", "right.either");
  const latches = newLatches();
  arrive(latches, RELEASED);
  const job = flow.start("entry.deaf", { latches }, { jobId: "wide" });
  await reached(latches, ARRIVED, 3);
  flow.cancelActivation(job, "wide/2");
  // The one that is left is let go: it may be the second or the third to have come.
  arrive(latches, RELEASED, 2);
  await job.waitForCompletion(BOUND);
  const { completed, cancelled } = job.counts;
  assertEquals([job.status, completed, cancelled], ["completed", 2, 1]);
});
