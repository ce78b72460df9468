import { assert, assertEquals, assertInstanceOf, assertRejects, assertThrows } from "@std/assert";
import { delay } from "@std/async/delay";
import { Flow } from "@millrace/flow";
import { ClosedError, QueueFullError } from "@millrace/flow/errors";
import { WorkerPool } from "@millrace/flow/pool";
import {
  counter,
  countingSource,
  failingFlusher,
  lateFlusher,
  quickSource,
  secondTime,
} from "../routines/backpressure.ts";
import { gate } from "../routines/gates.ts";
import { arrive, ARRIVED, newLatches, reached, RELEASED } from "../routines/latches.ts";
import { nextEvent } from "./next_event.ts";
import { within } from "./within.ts";

Deno.test("FlowOptions.highWaterMark bounds the queue behind a source", async () => {
  await using flow = new Flow({ maxWorkers: 2, highWaterMark: 100 })
    .add("source", countingSource)
    .add("counter", counter)
    .connect("source.item", "counter.item");
  const events = flow.events({ jobId: "job" });
  const job = flow.start("source.emit", 3_000, { jobId: "job" });
  let most = 0;
  for await (const _ of events) most = Math.max(most, job.counts.queued);
  assertEquals([job.status, job.sharedData.count], ["completed", 3_000]);
  assert(most <= 300, `${most} queued`);
});

Deno.test("FlowOptions.highWaterMark lets a source finish on one worker", async () => {
  for (const options of [{ maxWorkers: 1 }, { executionStrategy: "sequential" as const }]) {
    await using flow = new Flow({ ...options, highWaterMark: 10 })
      .add("source", countingSource)
      .add("counter", counter)
      .connect("source.item", "counter.item");
    const job = await flow.execute("source.emit", 200);
    assertEquals([job.status, job.sharedData.count], ["completed", 200]);
  }
});

Deno.test("FlowOptions.highWaterMark lets two flows share a pool", async () => {
  await using pool = new WorkerPool({ maxWorkers: 2 });
  const flows = ["one", "other"].map((id) =>
    new Flow({ id, pool, highWaterMark: 10 })
      .add("source", countingSource)
      .add("counter", counter)
      .connect("source.item", "counter.item")
  );
  const jobs = await Promise.all(flows.map((flow) => flow.execute("source.emit", 500)));
  assertEquals(jobs.map(({ sharedData }) => sharedData.count), [500, 500]);
  for (const flow of flows) await flow.close();
});

Deno.test("Flow.cancel() ends a job whose source waits", async () => {
  await using flow = new Flow({ maxWorkers: 2, highWaterMark: 10 })
    .add("source", countingSource)
    .add("counter", counter)
    .connect("source.item", "counter.item");
  const job = flow.start("source.emit", 1_000_000);
  for await (const { type } of flow.events()) if (type === "activation_flushed") break;
  flow.cancel(job);
  assertEquals((await job.waitForCompletion()).status, "cancelled");
});

Deno.test("FlowOptions.maxQueuedPerJob fails an activation by its policy", async () => {
  await using flow = new Flow({ maxQueuedPerJob: 5 })
    .add("source", quickSource, { onError: "continue" })
    .add("counter", counter)
    .connect("source.item", "counter.item");
  const few = await flow.execute("source.emit", 5);
  assertEquals([few.status, few.sharedData.count, few.errors.length], ["completed", 5, 0]);
  const many = await flow.execute("source.emit", 6);
  assertEquals([many.status, many.sharedData.count], ["completed", undefined]);
  assertInstanceOf(many.errors[0], QueueFullError);
});

Deno.test("FlowOptions.maxQueuedPerJob counts activations instead of emits", async () => {
  await using flow = new Flow({ maxQueuedPerJob: 5 })
    .add("nowhere", quickSource)
    .add("source", quickSource, { onError: "continue" })
    .add("one", counter)
    .add("other", counter)
    .connect("source.item", "one.item")
    .connect("source.item", "other.item");
  const nowhere = await flow.execute("nowhere.emit", 6);
  assertEquals([nowhere.status, nowhere.counts.unrouted], ["completed", 6]);
  const few = await flow.execute("source.emit", 2);
  assertEquals([few.sharedData.count, few.errors.length], [4, 0]);
  const many = await flow.execute("source.emit", 3);
  assertEquals(many.sharedData.count, undefined);
  assertInstanceOf(many.errors[0], QueueFullError);
});

Deno.test("Flow.start() throws a QueueFullError that names whenCapacity()", async () => {
  await using flow = new Flow({ maxQueued: 2 }).add("counter", counter);
  flow.pause();
  const jobs = [flow.start("counter.item", 1), flow.start("counter.item", 1)];
  const error = assertThrows(() => flow.start("counter.item", 1), QueueFullError);
  assert(error.message.includes("flow.whenCapacity()"), error.message);
  flow.resume();
  await flow.whenCapacity();
  jobs.push(flow.start("counter.item", 1));
  for (const job of jobs) assertEquals((await job.waitForCompletion()).status, "completed");
});

Deno.test("ExecuteOptions.whenFull lets all waiting jobs complete", async () => {
  await using flow = new Flow({ maxWorkers: 1, maxQueued: 1 }).add("counter", counter);
  const jobs = await Promise.all(
    Array.from({ length: 8 }, () => flow.execute("counter.item", 1, { whenFull: "wait" })),
  );
  assertEquals(jobs.map(({ status }) => status), Array(8).fill("completed"));
});

/** A flow that is full, as it is paused with one job of the one that it may have queued. */
async function fullFlow() {
  const flow = new Flow({ maxWorkers: 1, maxQueued: 1 }).add("counter", counter);
  await flow.execute("counter.item", 1);
  flow.pause();
  return { flow, job: flow.start("counter.item", 1) };
}

for (const jobs of ["keep", "cancel"] as const) {
  Deno.test(`Flow.close() rejects waits for room (jobs: ${jobs})`, async () => {
    const { flow } = await fullFlow();
    const waiting: Promise<unknown>[] = [
      flow.whenCapacity(),
      flow.whenCapacity(),
      flow.execute("counter.item", 1, { whenFull: "wait" }),
      flow.execute("counter.item", 1, { whenFull: "wait" }),
    ];
    const refused = waiting.map((one) => assertRejects(() => within(one), ClosedError));
    await delay(0); // until all of them wait
    await flow.close({ jobs });
    await Promise.all(refused);
  });
}

Deno.test("ExecuteOptions.signal ends a wait for room", async () => {
  await using flow = (await fullFlow()).flow;
  const controller = new AbortController();
  const options = { whenFull: "wait", signal: controller.signal } as const;
  const refused = assertRejects(() => within(flow.execute("counter.item", 1, options)), RangeError);
  await delay(0); // until it waits
  controller.abort(new RangeError("enough"));
  await refused;
});

Deno.test("Flow.whenCapacity() passes unused room to the next waiter", async () => {
  const { flow, job } = await fullFlow();
  await using _ = flow;
  const idle = flow.whenCapacity();
  const next = flow.execute("counter.item", 1, { whenFull: "wait" });
  await delay(0); // until both wait
  flow.cancel(job);
  await within(idle);
  flow.resume();
  assertEquals((await within(next)).status, "completed");
});

/** A pool that reports when a task waits and holds its worker. */
class ReportingPool extends WorkerPool {
  readonly held = Promise.withResolvers<void>();

  override hold(): Disposable | undefined {
    const hold = super.hold();
    if (hold !== undefined) this.held.resolve();
    return hold;
  }
}

Deno.test("Flow.close() releases the hold of a waiting source", async () => {
  await using pool = new ReportingPool({ maxWorkers: 2 });
  const flow = new Flow({ pool, highWaterMark: 10 })
    .add("source", countingSource)
    .add("counter", counter)
    .connect("source.item", "counter.item");
  const events = flow.events();
  flow.start("source.emit", 1_000_000);
  for await (const { type } of events) if (type === "activation_started") break;
  flow.pause(); // so that nothing makes room
  await within(pool.held.promise);
  await flow.close({ jobs: "keep" });
  using hold = pool.hold();
  assert(hold !== undefined);
});

Deno.test("Flow.cancelActivation() frees the worker of a waiting flush", async () => {
  await using pool = new WorkerPool({ maxWorkers: 2 });
  await using flow = new Flow({ pool, highWaterMark: 1, onError: "continue" })
    .add("source", lateFlusher)
    .add("later", secondTime, { onError: { strategy: "retry", delay: 60_000 } })
    .connect("source.item", "later.item");
  await flow.preload();
  const latches = newLatches();
  const job = flow.start("source.emit", { latches }, { jobId: "job" });
  await reached(latches, ARRIVED);
  const ended = nextEvent(flow, "activation_cancelled");
  flow.cancelActivation(job, "job/1", "enough");
  await within(ended);
  assertEquals(pool.stats(), { live: 2, ready: 2, busy: 0, lost: 0, queued: 0 });
  using hold = pool.hold();
  assert(hold !== undefined, "none is held that nobody waits in");
});

Deno.test("FlowOptions.maxQueuedPerJob ignores emits that a retry repeats", async () => {
  await using flow = new Flow({ maxWorkers: 1, maxQueuedPerJob: 10 })
    .add("source", failingFlusher, { onError: { strategy: "retry", delay: 0 } })
    .add("later", secondTime, { onError: { strategy: "retry", delay: 50 } })
    .connect("source.item", "later.item");
  const { status, error, counts } = await flow.execute("source.emit");
  assertEquals([status, error, counts.known], ["completed", undefined, 7]);
});

Deno.test("StartOptions.timeout excludes the wait for room", async () => {
  await using flow = new Flow({ maxWorkers: 1, maxQueued: 1 }).add("gate", gate);
  await flow.preload();
  const [latches, released] = [newLatches(), newLatches()];
  arrive(released, RELEASED);
  const begun = nextEvent(flow, "activation_started");
  flow.start("gate.quiet", { latches });
  await begun;
  flow.start("gate.quiet", { latches });
  const started = nextEvent(flow, "job_started", ({ jobId }) => jobId === "late");
  const options = { jobId: "late", timeout: 20_000, whenFull: "wait" } as const;
  const late = flow.execute("gate.quiet", { latches: released }, options);
  arrive(latches, RELEASED, 2);
  const { deadline, at } = await started;
  assertEquals(Math.round((deadline ?? 0) - at), 20_000);
  assertEquals((await late).status, "completed");
});
