import { Flow, type JobEvent } from "@millrace/flow";
import { SlowReaderError } from "@millrace/flow/errors";
import { assertEquals, assertThrows } from "@std/assert";
import { collector, emitter } from "../routines/basics.ts";
import { gate } from "../routines/gates.ts";
import { arrive, ARRIVED, newLatches, reached, RELEASED } from "../routines/latches.ts";
import { nextEvent } from "./next_event.ts";
import { sharedPool } from "./shared_pool.ts";
import { within } from "./within.ts";

const pool = sharedPool();

function lines() {
  return new Flow({ pool })
    .add("emitter", emitter)
    .add("gate", gate)
    .add("sink", collector)
    .connect("emitter.item", "sink.item");
}

/** The events of a reader that is expected to end. */
function all(events: AsyncIterable<JobEvent>): Promise<JobEvent[]> {
  return within(Array.fromAsync(events));
}

Deno.test("Flow.events() yields all events of a job in order", async () => {
  await using flow = lines();
  const events = flow.events({ jobId: "job_1" });
  await flow.execute("emitter.items", ["a"], { jobId: "job_1" });
  const seen = await all(events);
  assertEquals(seen.map(({ type, seq }) => [seq, type]), [
    [1, "job_started"],
    [2, "activation_started"],
    [3, "activation_completed"],
    [4, "activation_started"],
    [5, "activation_completed"],
    [6, "job_completed"],
  ]);
  assertEquals(new Set(seen.map(({ jobId }) => jobId)), new Set(["job_1"]));
});

Deno.test("EventsOptions.jobId filters events and ends with the job", async () => {
  await using flow = lines();
  const latches = newLatches();
  const other = flow.start("gate.hold", { latches }, { jobId: "other" });
  await reached(latches, ARRIVED);
  const events = flow.events({ jobId: "mine" });
  flow.start("emitter.items", [1, 2], { jobId: "mine" });
  const seen = await all(events);
  assertEquals(seen.filter(({ jobId }) => jobId !== "mine"), []);
  assertEquals([seen.at(-1)?.type, other.status], ["job_completed", "running"]);
  arrive(latches, RELEASED);
  await other.waitForCompletion();
});

Deno.test("Flow.events() yields an end before it is stored", async () => {
  await using flow = lines();
  flow.pause();
  flow.cancel(flow.start("sink.item", 1, { jobId: "job_1" }));
  const seen = await all(flow.events({ jobId: "job_1" }));
  assertEquals(seen.at(-1)?.type, "job_cancelled");
});

Deno.test("Flow.events() yields all jobs until Flow.close()", async () => {
  const flow = lines();
  const events = all(flow.events());
  await flow.execute("emitter.items", [], { jobId: "job_1" });
  await flow.execute("emitter.items", [], { jobId: "job_2" });
  await flow.close();
  const ends = (await events).filter(({ type }) => type === "job_completed");
  assertEquals(ends.map(({ jobId }) => jobId), ["job_1", "job_2"]);
});

Deno.test("EventsOptions.signal ends the iteration but not the job", async () => {
  await using flow = lines();
  const latches = newLatches();
  const controller = new AbortController();
  const events = flow.events({ signal: controller.signal });
  const begun = nextEvent(flow, "activation_started");
  const job = flow.start("gate.hold", { latches });
  await begun;
  const seen = all(events);
  controller.abort();
  assertEquals((await seen).map(({ type }) => type), ["job_started", "activation_started"]);
  assertEquals(await all(flow.events({ signal: controller.signal })), []);
  assertEquals(job.status, "running");
  arrive(latches, RELEASED);
  await job.waitForCompletion();
});

Deno.test("Flow.events() yields every event to a late reader", async () => {
  await using flow = lines();
  const early = flow.events({ jobId: "job_1" });
  const late = flow.events({ jobId: "job_1" });
  const job = flow.start("emitter.items", [1, 2, 3], { jobId: "job_1" });
  const first = await all(early);
  await job.waitForCompletion();
  assertEquals(await all(late), first);
});

Deno.test("EventStream.next() is done after the reader leaves", async () => {
  await using flow = lines();
  const events = flow.events();
  const job = flow.start("emitter.items", [1, 2, 3]);
  for await (const { type } of events) if (type === "activation_started") break;
  assertEquals(await events.next(), { done: true, value: undefined });
  await job.waitForCompletion();
  assertEquals(await events.next(), { done: true, value: undefined });
});

Deno.test("EventStream.next() answers concurrent calls in order", async () => {
  await using flow = lines();
  const events = flow.events();
  const waits = [events.next(), events.next(), events.next()];
  await flow.execute("sink.item", 1);
  const types = (await Promise.all(waits)).map(({ value }) => value?.type);
  assertEquals(types, ["job_started", "activation_started", "activation_completed"]);
});

Deno.test("EventStream.take() returns the unread events at once, and each event once", async () => {
  await using flow = lines();
  const events = flow.events();
  assertEquals(events.take(), []);
  await flow.execute("sink.item", 1);
  const types = events.take().map(({ type }) => type);
  assertEquals(types, [
    "job_started",
    "activation_started",
    "activation_completed",
    "job_completed",
  ]);
  assertEquals(events.take(), []);
  await flow.execute("sink.item", 1);
  assertEquals((await events.next()).value?.type, "job_started");
  assertEquals(events.take().length, 3);
});

Deno.test("EventStream.take() includes stored events, and frees a flow that waits", async () => {
  await using flow = lines();
  const { jobId } = await flow.execute("sink.item", 1);
  assertEquals(flow.events({ jobId }).take().length, 4);
  const events = flow.events({ maxUnread: 1, whenFull: "wait" });
  const job = flow.start("emitter.items", ["a", "b"]);
  const seen: JobEvent[] = [];
  await within((async () => {
    while (job.endedAt === undefined) {
      seen.push(...events.take());
      await new Promise((resolve) => setTimeout(resolve, 1));
    }
  })());
  assertEquals([...seen, ...events.take()].length, 8);
});

Deno.test("EventStream.take() throws once if the reader was too slow", async () => {
  await using flow = lines();
  const events = flow.events({ maxUnread: 1 });
  await flow.execute("sink.item", 1);
  await within(events.closed);
  assertThrows(() => events.take(), SlowReaderError);
  assertEquals(events.take(), []);
});

Deno.test("EventStream.closed resolves with the end of the job, of the flow, and of the reader", async () => {
  await using flow = lines();
  const [ofJob, ofFlow, left] = [flow.events({ jobId: "job_1" }), flow.events(), flow.events()];
  await left.return?.();
  await within(left.closed);
  await flow.execute("sink.item", 1, { jobId: "job_1" });
  await within(ofJob.closed);
  assertEquals(ofJob.take().length, 4);
  await flow.close();
  await within(ofFlow.closed);
  assertEquals(ofFlow.take().length, 4);
});

Deno.test("Flow.events() allows a later Flow.add()", async () => {
  await using flow = new Flow({ pool });
  const events = flow.events({ jobId: "job_1" });
  const complete = flow.add("sink", collector);
  await complete.execute("sink.item", 1, { jobId: "job_1" });
  assertEquals((await all(events)).length, 4);
});

Deno.test("Flow.events() removes its listeners from the signal", async () => {
  const flow = lines();
  const { signal } = new AbortController();
  const listeners = new Set<unknown>();
  signal.addEventListener = (_: string, listener: unknown) => void listeners.add(listener);
  signal.removeEventListener = (_: string, listener: unknown) => void listeners.delete(listener);
  const untilClosed = all(flow.events({ signal }));
  const ofJob = all(flow.events({ jobId: "job_1", signal }));
  await flow.events({ signal }).return?.();
  await flow.execute("sink.item", 1, { jobId: "job_1" });
  await ofJob;
  await all(flow.events({ jobId: "job_1", signal }));
  assertEquals(listeners.size, 1);
  await flow.close();
  await untilClosed;
  assertEquals(listeners.size, 0);
});
