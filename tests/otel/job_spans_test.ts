// The spans of jobs whose every moment a test chooses, as an SDK in this thread records them.

import { Flow, type FlowOptions } from "@millrace/flow";
import { openTelemetry } from "@millrace/flow/otel";
import { MemoryStore } from "@millrace/flow/store";
import { assertEquals, assertMatch, assertNotEquals } from "@std/assert";
import { FlowSpans } from "../../src/otel/flow_spans.ts";
import { HandPool } from "../failure/hand_pool.ts";
import { clerk, flaky, keeper } from "../failure/routines.ts";
import { registerRecorder } from "./recorder.ts";

const recorder = registerRecorder();

function office(pool: HandPool, options: FlowOptions = {}) {
  return new Flow({ id: "office", pool, tracing: openTelemetry(), ...options })
    .add("clerk", clerk)
    .add("keeper", keeper)
    .add("flaky", flaky)
    .connect("clerk.filed", "keeper.item")
    .connect("clerk.dropped", "keeper.item");
}

/** The names and some attributes of all spans that have ended since the last call. None may be open. */
function ended(...attributes: string[]) {
  assertEquals(recorder.open, 0);
  return recorder.take().map((span) =>
    [span.name, ...attributes.map((name) => span.attributes[name])] as const
  );
}

const emit = (event: string) => ({ event, payload: 1, timestamp: 0 });

Deno.test("openTelemetry() links activations to their emitters", async () => {
  const pool = new HandPool();
  await using flow = office(pool);
  const job = flow.start("clerk.ask");
  pool.complete({ emits: [emit("filed"), emit("dropped")] });
  pool.complete();
  pool.complete();
  await job.waitForCompletion();
  const spans = recorder.take();
  const [first, ...others] = spans.filter(({ name }) => name.startsWith("activation "));
  const jobSpan = spans.at(-1);
  assertEquals(others.map(({ name }) => name), [
    "activation keeper.item",
    "activation keeper.item",
  ]);
  for (const { links, parentSpanContext } of others) {
    assertEquals(links.map(({ context }) => context.spanId), [first?.spanContext().spanId]);
    assertEquals(parentSpanContext?.spanId, jobSpan?.spanContext().spanId);
  }
  assertEquals([first?.links, jobSpan?.name, recorder.open], [[], "job office", 0]);
});

Deno.test("openTelemetry() records the items of a feed", async () => {
  const pool = new HandPool();
  await using flow = office(pool);
  const job = flow.feed("keeper.item", ["a"]);
  while (job.counts.known === 0) await new Promise((goOn) => setTimeout(goOn));
  pool.complete();
  await job.waitForCompletion();
  assertEquals(ended().map(([name]) => name), [
    "attempt keeper.item",
    "activation keeper.item",
    "job office",
  ]);
});

Deno.test("openTelemetry() links deliveries of signals to waits", async () => {
  const pool = new HandPool();
  await using flow = office(pool);
  const job = flow.start("clerk.ask");
  const wait = (signal: string) => ({ signal, slot: "approved", timeout: undefined });
  pool.complete({ waits: [wait("yes"), wait("no")] });
  flow.signal(job, "yes", 1);
  flow.withdraw(job, { signal: "no" });
  pool.complete();
  await job.waitForCompletion();
  const [asked, approved] = recorder.take().filter(({ name }) => name.startsWith("activation "));
  assertEquals([asked?.name, approved?.name], [
    "activation clerk.ask",
    "activation clerk.approved",
  ]);
  assertEquals(
    approved?.links.map(({ context }) => context.spanId),
    [asked?.spanContext().spanId],
  );
});

Deno.test("openTelemetry() ends spans of revoked attempts", async () => {
  const pool = new HandPool();
  await using flow = office(pool);
  const job = flow.start("keeper.item", 1);
  const first = pool.take();
  flow.pause(job);
  assertEquals(recorder.take().map(({ name }) => name), ["attempt keeper.item"]);
  flow.resume(job);
  const second = pool.begin();
  assertEquals([first?.attempt, second.attempt], [1, 1]);
  assertMatch(`${first?.traceparent}`, /^00-[0-9a-f]{32}-[0-9a-f]{16}-01$/);
  assertNotEquals(first?.traceparent, second.traceparent);
  flow.cancel(job, "enough");
  await job.waitForCompletion();
  assertEquals(ended("millrace.attempt.revoked", "error.type", "millrace.job.status"), [
    ["attempt keeper.item", undefined, "JobCancelledError", undefined],
    ["activation keeper.item", undefined, "JobCancelledError", undefined],
    ["job office", undefined, "JobCancelledError", "cancelled"],
  ]);
});

Deno.test("openTelemetry() records activations that never begin", async () => {
  const pool = new HandPool();
  await using flow = office(pool);
  const job = flow.start("clerk.ask");
  pool.complete({ emits: [emit("filed"), emit("filed")] });
  recorder.take();
  flow.cancelActivation(job, `${job.jobId}/2`, "not this one");
  // The other one is dropped with the job, for which there is no JobEvent of its own.
  flow.cancel(job, "enough");
  await job.waitForCompletion();
  assertEquals(ended("millrace.activation.id", "error.type"), [
    ["activation keeper.item", `${job.jobId}/2`, "ActivationCancelledError"],
    ["job office", undefined, "JobCancelledError"],
  ]);
});

Deno.test("openTelemetry() records the error of each attempt", async () => {
  const pool = new HandPool();
  const onError = { strategy: "retry", maxRetries: 1, delay: 0 } as const;
  await using flow = office(pool, { onError });
  const job = flow.start("flaky.item", { fails: 2 });
  pool.fail("once");
  pool.fail("twice");
  await job.waitForCompletion();
  assertEquals(recorder.open, 0);
  const spans = recorder.take();
  assertEquals(
    spans.map(({ name, status, events, attributes }) => [
      name,
      status,
      events.filter(({ name }) => name === "exception")
        .map(({ attributes }) => attributes?.["exception.message"]),
      attributes["millrace.attempt.number"],
    ]),
    [
      ["attempt flaky.item", { code: 2, message: "once" }, ["once"], 1],
      ["attempt flaky.item", { code: 2, message: "twice" }, ["twice"], 2],
      ["activation flaky.item", { code: 2, message: "twice" }, ["twice"], undefined],
      ["job office", { code: 2, message: "twice" }, ["twice"], undefined],
    ],
  );
});

Deno.test("openTelemetry() records left, recovered and rerun jobs", async () => {
  const store = new MemoryStore();
  const before = new HandPool();
  const flow = office(before, { store });
  const { jobId } = flow.start("clerk.ask");
  before.complete({ emits: [emit("filed")] });
  before.take();
  recorder.take();
  await flow.close({ jobs: "keep" });
  assertEquals(ended("millrace.job.origin", "millrace.job.status", "millrace.attempt.revoked"), [
    ["attempt keeper.item", undefined, undefined, true],
    ["activation keeper.item", undefined, undefined, undefined],
    ["job office", "started", "left", undefined],
  ]);

  const after = new HandPool();
  await using later = office(after, { store });
  const [job] = await later.recover();
  after.complete();
  await job?.waitForCompletion();
  assertEquals(job?.jobId, jobId);
  assertEquals(ended("millrace.job.origin", "millrace.job.status", "millrace.job.id"), [
    ["attempt keeper.item", undefined, undefined, jobId],
    ["activation keeper.item", undefined, undefined, jobId],
    ["job office", "recovered", "completed", jobId],
  ]);

  const again = await later.rerun(jobId, { from: `${jobId}/2`, jobId: "again" });
  after.complete();
  await again.waitForCompletion();
  assertEquals(ended("millrace.job.origin", "millrace.job.status", "millrace.job.id"), [
    ["attempt keeper.item", undefined, undefined, "again"],
    ["activation keeper.item", undefined, undefined, "again"],
    ["job office", "rerun", "completed", "again"],
  ]);
});

Deno.test("openTelemetry() orders times of differing clocks", async () => {
  const pool = new HandPool();
  await using flow = office(pool);
  // The hand pool executes everything at the beginning of the epoch.
  const job = flow.start("keeper.item", 1);
  pool.complete();
  await job.waitForCompletion();
  const [attempt, activation, whole] = recorder.take();
  assertEquals(attempt?.events.map(({ name }) => name), ["millrace.handler.called"]);
  for (const span of [attempt, activation, whole]) {
    const [from, to] = [span?.startTime ?? [], span?.endTime ?? []].map(nanoseconds);
    assertEquals([from! > 0n, to! >= from!], [true, true]);
  }
  assertEquals(nanoseconds(attempt?.startTime) >= nanoseconds(activation?.startTime), true);
});

Deno.test("FlowSpans.attempt() returns one span for repeated attempts", () => {
  const { spans, activation } = started();
  const first = spans.attempt("job", activation, 1, 1_001);
  assertEquals(spans.attempt("job", activation, 1, 1_002), first);
  const [of, again] = [{ jobId: "job", seq: 2, at: 1_003 }, { ...activation, attempt: 1 }];
  const error = { name: "Error", message: "fails" };
  spans.event({ ...of, ...again, type: "activation_retrying", error, dueAt: 0 });
  assertNotEquals(spans.attempt("job", activation, 2, 1_004), first);
  spans.close();
  assertEquals(ended("millrace.attempt.number", "millrace.job.status"), [
    ["attempt keeper.item", 1, undefined],
    ["attempt keeper.item", 2, undefined],
    ["activation keeper.item", undefined, undefined],
    ["job office", undefined, "left"],
  ]);
});

Deno.test("FlowSpans.event() links what flushes and expired waits queue", () => {
  const { spans, activation } = started();
  spans.attempt("job", activation, 1, 1_001);
  const of = { jobId: "job", seq: 2, at: 1_002, ...activation, attempt: 1 };
  const then = (index: number) => ({ ...activation, activationId: `job/${index}` });
  const effects = { emits: [], sharedData: [], sharedLog: [] };
  const wait = { waitId: "w1", signal: "yes", since: 0, attempt: 1, ...activation };
  const commit = { effects, unrouted: 0, waits: [wait] };
  spans.event({ ...of, ...commit, type: "activation_flushed", queued: [then(2)] });
  const error = { name: "SignalTimeoutError", message: "late" };
  const expired = { waitId: "w1", error, handled: "continue", queued: [then(3)] } as const;
  spans.event({ ...of, ...expired, type: "wait_expired" });
  for (const index of [2, 3]) spans.attempt("job", then(index), 1, 1_003);
  spans.close();
  assertEquals(recorder.open, 0);
  const activations = recorder.take().filter(({ name }) => name === "activation keeper.item");
  const [first, ...others] = activations;
  assertEquals(
    others.map(({ links }) => links.map(({ context }) => context.spanId)),
    others.map(() => [first?.spanContext().spanId]),
  );
  assertEquals(others.length, 2);
});

Deno.test("FlowSpans.abandoned() ends all spans of a job", () => {
  const { spans, activation } = started();
  spans.attempt("job", activation, 1, 1_001);
  spans.abandoned("job", new RangeError("too large"), 1_002);
  assertEquals(spans.attempt("job", activation, 1, 1_003), undefined);
  assertEquals(ended("error.type", "millrace.job.status").at(-1), [
    "job office",
    "RangeError",
    "abandoned",
  ]);
});

/** The spans of a job that has one activation. */
function started() {
  const spans = new FlowSpans("office");
  const id = { activationId: "job/1", routineId: "keeper", slot: "item" };
  const activation = { ...id, payload: 1 };
  const of = { jobId: "job", seq: 1, at: 1_000, flowId: "office" };
  spans.event({ ...of, type: "job_started", activation });
  return { spans, activation };
}

function nanoseconds([seconds = 0, rest = 0]: readonly number[] = []): bigint {
  return BigInt(seconds) * 1_000_000_000n + BigInt(rest);
}
