// Readers that do not keep up, and their effect on the flows and jobs that they read.

import { type EventsOptions, Flow, type JobEvent } from "@millrace/flow";
import { SlowReaderError } from "@millrace/flow/errors";
import { WorkerPool } from "@millrace/flow/pool";
import {
  assert,
  assertEquals,
  assertGreater,
  assertLess,
  assertLessOrEqual,
  assertRejects,
} from "@std/assert";
import { delay } from "@std/async/delay";
import { counter, countingSource, quickSource } from "../routines/backpressure.ts";
import { collector } from "../routines/basics.ts";
import { gate } from "../routines/gates.ts";
import { arrive, ARRIVED, newLatches, reached, RELEASED } from "../routines/latches.ts";
import { nextEvent } from "./next_event.ts";
import { sharedPool } from "./shared_pool.ts";
import { within } from "./within.ts";

const pool = sharedPool();

function lines(highWaterMark = 10_000) {
  return new Flow({ id: "lines", pool, highWaterMark })
    .add("source", quickSource)
    .add("steady", countingSource)
    .add("gate", gate)
    .add("counter", counter)
    .add("sink", collector)
    .connect("source.item", "counter.item")
    .connect("steady.item", "counter.item");
}

/** The numbers of what is left to read; ends with the reader. */
async function rest(events: AsyncIterable<JobEvent>): Promise<number[]> {
  return (await within(Array.fromAsync(events))).map(({ seq }) => seq);
}

Deno.test("EventsOptions.maxUnread fails only the slow reader", async () => {
  await using flow = lines();
  const slow = flow.events({ maxUnread: 5 });
  const other = flow.events({ jobId: "job" });
  const job = await flow.execute("source.emit", 20, { jobId: "job" });
  await delay(0);
  const error = await assertRejects(() => slow.next(), SlowReaderError);
  assert(error.message.startsWith('a reader of flow "lines" left '), error.message);
  assertEquals([error.flowId, error.jobId], ["lines", undefined]);
  assertGreater(slow.dropped, 5);
  assertEquals(await slow.next(), { done: true, value: undefined });
  assertEquals((await rest(other)).length, job.counts.events);
});

Deno.test("EventsOptions.maxUnread permits a burst read at once", async () => {
  await using flow = lines();
  const events = flow.events({ jobId: "job", maxUnread: 1 });
  const all = rest(events);
  flow.pause();
  const job = flow.start("sink.item", 1, { jobId: "job" });
  for (let i = 0; i < 50; i++) flow.signal(job, "unread", i);
  flow.cancel(job);
  assertEquals((await all).length, job.counts.events);
  assertEquals(events.dropped, 0);
});

Deno.test("EventsOptions.whenFull drops and counts the oldest events", async () => {
  await using flow = lines();
  const events = flow.events({ jobId: "job", maxUnread: 3, whenFull: "drop" });
  const { counts } = await flow.execute("source.emit", 20, { jobId: "job" });
  assertEquals(await rest(events), [counts.events - 2, counts.events - 1, counts.events]);
  assertEquals(events.dropped, counts.events - 3);
});

Deno.test("EventsOptions.whenFull makes the flow wait without loss", async () => {
  await using flow = lines();
  const options: EventsOptions = { maxUnread: 10, whenFull: "wait" };
  const events = flow.events(options);
  const job = flow.start("source.emit", 200);
  let most = 0, read = 0;
  for await (const { seq, type } of events) {
    // Unread events: the bound, and the rest of the activations that were executing.
    most = Math.max(most, job.counts.events - seq);
    assertEquals(seq, ++read);
    if (type === "job_completed") break;
    if (read % 5 === 0) await delay(1);
  }
  assertEquals([job.status, job.sharedData.count, events.dropped], ["completed", 200, 0]);
  assertLessOrEqual(most, 150);
});

Deno.test("EventsOptions.whenFull holds back only the read job", async () => {
  await using flow = lines();
  const events = flow.events({ jobId: "slow", maxUnread: 4, whenFull: "wait" });
  const slow = flow.start("source.emit", 300, { jobId: "slow" });
  const others = Array.from({ length: 20 }, (_, i) => flow.execute("source.emit", i));
  const done = await within(Promise.all(others));
  assertEquals(new Set(done.map(({ status }) => status)), new Set(["completed"]));
  assertEquals(slow.status, "running");
  // Only activations that were at the workers when it began to wait go on.
  assertLess(slow.counts.completed, 200);
  const all = await rest(events);
  assertEquals([all.length, slow.status], [slow.counts.events, "completed"]);
});

Deno.test("EventsOptions.whenFull makes a flushing activation wait", async () => {
  // Nothing is queued by what it flushes, so that it waits for the reader and for nothing else.
  await using flow = new Flow({ pool, highWaterMark: 1 }).add("steady", countingSource);
  for (const jobId of ["job", undefined]) {
    const own = jobId === undefined ? {} : { jobId };
    const events = flow.events({ ...own, maxUnread: 5, whenFull: "wait" });
    const job = flow.start("steady.emit", 200, own);
    let most = 0;
    for await (const { seq, type } of events) {
      most = Math.max(most, job.counts.events - seq);
      if (type === "job_completed") break;
      await delay(1);
    }
    assertEquals([job.status, job.counts.unrouted], ["completed", 200]);
    assertLessOrEqual(most, 20);
  }
});

Deno.test("EventsOptions.maxWait ends a slow reader", async () => {
  await using flow = lines();
  const events = flow.events({ maxUnread: 2, whenFull: "wait", maxWait: 10 });
  const job = await within(flow.execute("source.emit", 20));
  assertEquals(job.status, "completed");
  const error = await assertRejects(() => events.next(), SlowReaderError);
  assert(error.message.includes("read nothing for 10 ms while the flow waited"), error.message);
});

Deno.test("EventStream frees the flow when its reader leaves", async () => {
  for (const leave of ["return", "abort"] as const) {
    await using flow = lines();
    const controller = new AbortController();
    const { signal } = controller;
    const events = flow.events({ maxUnread: 2, whenFull: "wait", signal });
    const job = flow.start("source.emit", 20);
    await delay(30);
    assertEquals(job.status, "running");
    if (leave === "abort") controller.abort();
    else await events.return?.();
    assertEquals((await within(job.waitForCompletion())).status, "completed");
  }
});

Deno.test("EventsOptions.whenFull waits for the slowest reader", async () => {
  await using flow = lines();
  const options: EventsOptions = { maxUnread: 2, whenFull: "wait" };
  const readers = [flow.events(options), flow.events(options)] as const;
  const job = flow.start("source.emit", 20);
  await delay(30);
  await readers[0].return?.();
  await delay(10);
  assertEquals(job.status, "running");
  await readers[1].return?.();
  assertEquals((await within(job.waitForCompletion())).status, "completed");
});

Deno.test("Flow.cancel() and Flow.close() ignore waiting readers", async () => {
  for (const jobs of ["cancel", "keep"] as const) {
    const flow = lines(1);
    const events = flow.events({ maxUnread: 2, whenFull: "wait" });
    const steady = flow.start("steady.emit", 1_000);
    const job = flow.start("source.emit", 20);
    await delay(30);
    flow.cancel(job);
    assertEquals((await within(job.waitForCompletion())).status, "cancelled");
    assertEquals(steady.status, "running");
    await within(flow.close({ jobs }));
    assertEquals(steady.status, jobs === "keep" ? "running" : "cancelled");
    await within(Array.fromAsync(events));
  }
});

Deno.test("EventsOptions.whenFull lets running activations finish", async () => {
  await using flow = lines();
  const latches = newLatches();
  const held = flow.start("gate.quiet", { latches });
  await reached(latches, ARRIVED);
  const events = flow.events({ maxUnread: 1, whenFull: "wait" });
  flow.signal(held, "unread", 1);
  flow.signal(held, "unread", 2);
  const job = flow.start("counter.item", 1);
  arrive(latches, RELEASED);
  assertEquals((await within(held.waitForCompletion())).status, "completed");
  assertEquals([job.status, job.counts.executing], ["running", 0]);
  const ended = nextEvent(flow, "job_completed");
  while ((await within(events.next())).value?.jobId !== job.jobId);
  await events.return?.();
  await ended;
});

Deno.test("EventsOptions.whenFull leaves workers to other flows", async () => {
  await using one = new WorkerPool({ maxWorkers: 1 });
  await using waiting = new Flow({ id: "waiting", pool: one, highWaterMark: 1 })
    .add("steady", countingSource)
    .add("counter", counter)
    .connect("steady.item", "counter.item");
  await using other = new Flow({ id: "other", pool: one }).add("counter", counter);
  const events = waiting.events({ maxUnread: 2, whenFull: "wait" });
  const job = waiting.start("steady.emit", 50);
  assertEquals((await within(other.execute("counter.item", 1))).status, "completed");
  await events.return?.();
  assertEquals((await within(job.waitForCompletion())).status, "completed");
});
