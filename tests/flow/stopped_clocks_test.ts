// Waiting work times out as docs/timeouts.md says. The table itself is tested in the engine; this is
// about the timers that go by it, and `runTimeout`, which they alone keep. Nothing here asks how long
// anything takes: a clock that did not stand still would have run out.

import { Flow, type JobState, type Policy } from "@millrace/flow";
import { StoreWriteError } from "@millrace/flow/errors";
import { MemoryStore } from "@millrace/flow/store";
import { assert, assertEquals } from "@std/assert";
import { delay } from "@std/async/delay";
import { BOUND, next, sharedPool } from "../failure/pools.ts";
import { clerk, deferrer, keeper, waiter } from "../failure/routines.ts";
import { arrive, ARRIVED, newLatches, reached, RELEASED } from "../routines/latches.ts";

const pool = sharedPool();

/** More than a warm pool takes to begin something, and what is waited for longer. */
const SHORT = 1_500, LONGER = 2_000;

/** A store whose disk can be full. */
class FullStore extends MemoryStore {
  isFull = false;

  override append(events: Parameters<MemoryStore["append"]>[0]): void {
    if (this.isFull) throw new StoreWriteError("jobs.db", "the disk is full");
    super.append(events);
  }
}

const CLOCKS: Readonly<Record<string, Policy>> = {
  queueTimeout: { queueTimeout: SHORT },
  totalTimeout: { totalTimeout: SHORT },
};

for (const [clock, policy] of Object.entries(CLOCKS)) {
  Deno.test(`Policy.${clock} excludes delays and holds and pauses`, async () => {
    await using flow = new Flow({ pool })
      .add("keeper", keeper, policy)
      .add("deferrer", deferrer)
      .connect("deferrer.later", "keeper.item");
    await flow.preload();
    const delayed = flow.start("keeper.item", "delayed", { delay: LONGER });
    const held = flow.start("deferrer.item", ["held"]);
    await next(flow, "activation_completed");
    const paused = flow.start("keeper.item", "paused");
    flow.pause(paused);
    await delay(LONGER);
    flow.resume(held);
    flow.resume(paused);
    const jobs: JobState[] = [delayed, held, paused];
    await Promise.all(jobs.map((job) => job.waitForCompletion(BOUND)));
    assertEquals(jobs.map(({ status }) => status), ["completed", "completed", "completed"]);
  });

  Deno.test(`Policy.${clock} continues after Flow.resume()`, async () => {
    await using flow = new Flow({ pool, maxWorkers: 1 })
      .add("waiter", waiter)
      .add("keeper", keeper, policy);
    await flow.preload();
    const latches = newLatches();
    const first = flow.start("waiter.deaf", { latches });
    await reached(latches, ARRIVED);
    const job = flow.start("keeper.item", 1);
    flow.pause(job);
    flow.resume(job);
    await job.waitForCompletion(BOUND);
    assertEquals([job.status, job.error?.name], ["failed", "ActivationTimeoutError"]);
    arrive(latches, RELEASED);
    await first.waitForCompletion(BOUND);
  });
}

for (const way of ["paused", "halted"] as const) {
  Deno.test(`Policy.runTimeout runs while work is ${way}`, async () => {
    const store = new FullStore();
    await using flow = new Flow({ pool, store }).add("waiter", waiter, { runTimeout: 100 });
    await flow.preload();
    const latches = newLatches();
    const job = flow.start("waiter.heedful", { latches });
    await reached(latches, ARRIVED);
    await flow.flush();
    if (way === "paused") flow.pause(job);
    store.isFull = way === "halted";
    // It sees its signal abort, and reports that it did.
    await reached(latches, 4);
    store.isFull = false;
    flow.resume();
    await job.waitForCompletion(BOUND);
    assertEquals([job.status, job.error?.name], ["failed", "ActivationTimeoutError"]);
  });
}

/** A flow that has everything wait while its store cannot be written. */
async function stall(store: FullStore, countOutages: boolean): Promise<readonly JobState[]> {
  await using flow = new Flow({ pool, store, countOutages })
    .add("clerk", clerk)
    .add("keeper", keeper, { totalTimeout: SHORT, queueTimeout: SHORT });
  await flow.preload();
  const waiting = flow.start("clerk.ask", SHORT);
  await next(flow, "activation_completed");
  store.isFull = true;
  flow.signal(waiting, "nothing", undefined);
  const timed = flow.start("clerk.ask", undefined, { timeout: SHORT, jobId: "timed" });
  const queued = flow.start("keeper.item", 1, { jobId: "queued" });
  await delay(LONGER);
  store.isFull = false;
  flow.resume();
  const jobs = [waiting, timed, queued];
  for (const job of [waiting, timed]) flow.signal(job, "approval", "yes");
  await Promise.all(jobs.map((job) => job.waitForCompletion(BOUND)));
  return jobs;
}

Deno.test("FlowOptions.countOutages excludes outages by default", async () => {
  const jobs = await stall(new FullStore(), false);
  assertEquals(jobs.map(({ status }) => status), ["completed", "completed", "completed"]);
});

Deno.test("FlowOptions.countOutages includes outages when set", async () => {
  const jobs = await stall(new FullStore(), true);
  assertEquals(jobs.map(({ status }) => status), ["failed", "failed", "failed"]);
});

Deno.test("WaitForOptions.timeout continues after an outage", async () => {
  const store = new FullStore();
  await using flow = new Flow({ pool, store }).add("clerk", clerk);
  const job = flow.start("clerk.ask", 300);
  await next(flow, "activation_completed");
  store.isFull = true;
  flow.signal(job, "nothing", undefined);
  await delay(500);
  store.isFull = false;
  flow.resume();
  await flow.flush();
  assert(store.read(job.jobId)?.events.some(({ type }) => type === "job_stalled"));
  await job.waitForCompletion(BOUND);
  assertEquals(job.error?.name, "SignalTimeoutError");
});
