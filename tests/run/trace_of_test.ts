import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import { spansOf } from "../../src/engine/history_of.ts";
import { countsOf } from "../../src/engine/job.ts";
import type { JobEvent } from "../../src/engine/job_event.ts";
import type { JobTrace } from "../../src/run/job_trace.ts";
import { traceOf } from "../../src/run/trace_of.ts";
import { driveEngine } from "../laws/drive_engine.ts";
import { plans } from "../laws/plan.ts";
import { engineRuns } from "../laws/runs.ts";
import { rerunOf } from "./rerun_of.ts";

const plan = plans({ failing: true, dying: true, flushing: true, lenient: true });
const choices = fc.infiniteStream(fc.nat(2 ** 20));

Deno.test("traceOf() counts activations and attempts as the job does, at each moment", () => {
  const property = fc.property(plan, choices, (plan, choices) => {
    driveEngine(plan, choices, ({ job, stream, events }) => {
      if (events.length === 0) return;
      const trace = traced(stream);
      const { queued, executing, completed, failed, skipped, cancelled } = countsOf(job);
      const number = (outcome: string) =>
        trace.activations.filter((one) => one.outcome === outcome).length;
      assertEquals(
        ["queued", "executing", "completed", "failed", "skipped", "cancelled"].map(number),
        [queued, executing, completed, failed, skipped, cancelled],
      );
      assertEquals([trace.status, trace.endedAt], [job.status, job.endedAt]);
      const open = trace.activations.flatMap(({ attempts }) => attempts)
        .filter(({ endedAt }) => endedAt === undefined);
      assertEquals(open.length, executing);
    });
  });
  fc.assert(property, engineRuns(40));
});

Deno.test("traceOf() has each measured span of the job, and orders the times of an activation", () => {
  const property = fc.property(plan, choices, (plan, choices) => {
    for (const { stream } of driveEngine(plan, choices)) {
      const trace = traced(stream);
      const attempts = trace.activations.flatMap(({ activationId, attempts }) =>
        attempts.map((one) => ({ ...one, activationId }))
      );
      for (const { activationId, attempt, startedAt, endedAt, workerId } of spansOf(stream)) {
        assert(
          attempts.some((one) =>
            one.activationId === activationId && one.attempt === attempt &&
            one.startedAt === startedAt && one.endedAt === endedAt && one.workerId === workerId
          ),
        );
      }
      for (const { readyAt, startedAt, endedAt } of attempts) {
        assert(readyAt <= startedAt && startedAt <= (endedAt ?? Infinity));
      }
    }
  });
  fc.assert(property, engineRuns(60));
});

Deno.test("traceOf() accepts a stream whose first events are missing", () => {
  const property = fc.property(plan, choices, fc.nat(), (plan, choices, at) => {
    for (const { stream } of driveEngine(plan, choices)) {
      const trace = traced(stream.slice(at % stream.length));
      assertEquals(trace.isPartial, at % stream.length > 0);
      assertEquals(trace.endedAt, stream.at(-1)?.at);
    }
  });
  fc.assert(property, engineRuns(40));
});

Deno.test("traceOf() leaves what a rerun has taken over to the older job", () => {
  const property = fc.property(plan, choices, fc.nat(), (plan, choices, choice) => {
    for (const { stream } of driveEngine(plan, choices)) {
      const once = rerunOf(plan, stream, choice);
      // A rerun can be rerun.
      for (const { job, events, copied } of [once, rerunOf(plan, once.events, choice)]) {
        const spans = spansOf(events.slice(copied));
        for (const trace of [traced(events), traced(events.slice(1))]) {
          const attempts = trace.activations.flatMap(({ attempts }) => attempts);
          assertEquals(
            attempts.map(({ startedAt, endedAt }) => [startedAt, endedAt]),
            spans.map(({ startedAt, endedAt }) => [startedAt, endedAt]),
          );
          const times = trace.activations.flatMap(({ queuedAt, readyAt, endedAt = Infinity }) => [
            queuedAt,
            readyAt,
            endedAt,
          ]);
          assert(times.every((at) => at >= job.createdAt), "a time of the older job");
          assert(trace.waits.every(({ since }) => since >= job.createdAt));
          assertEquals(trace.createdAt, job.createdAt);
        }
        const trace = traced(events);
        const { completed, failed, skipped, cancelled } = countsOf(job);
        assertEquals(
          ["completed", "failed", "skipped", "cancelled"].map((outcome) =>
            trace.activations.filter((one) => one.outcome === outcome).length
          ),
          [completed, failed, skipped, cancelled],
        );
        const own = trace.activations.filter(({ isTakenOver }) => !isTakenOver);
        assertEquals(own.length, new Set(spans.map(({ activationId }) => activationId)).size);
      }
    }
  });
  fc.assert(property, engineRuns(40));
});

Deno.test("traceOf() takes for measured only attempts that the worker has measured", () => {
  const base = { jobId: "job", slot: "in", attempt: 1, routineId: "a", activationId: "job/0" };
  const error = { name: "ModuleLoadError", message: "no such module" };
  const activation = { activationId: "job/0", routineId: "a", slot: "in", payload: 1 };
  const execution = { workerId: "w1", startedAt: 6, endedAt: 9 };
  const { activations } = traced([
    { type: "job_started", jobId: "job", seq: 1, at: 0, flowId: "f", activation },
    { ...base, type: "activation_started", seq: 2, at: 1, workerId: "w1" },
    { ...base, type: "activation_retrying", seq: 3, at: 4, dueAt: 5, error },
    { ...base, type: "activation_started", seq: 4, at: 5, attempt: 2, workerId: "w1" },
    { ...base, type: "activation_retrying", seq: 5, at: 9, dueAt: 9, attempt: 2, error, execution },
    { ...base, type: "activation_started", seq: 6, at: 10, attempt: 3, workerId: "w1" },
  ]);
  const attempts = activations[0]?.attempts ?? [];
  assertEquals(attempts.map(({ isMeasured }) => isMeasured), [false, true, false]);
  assertEquals(attempts.map(({ startedAt, endedAt }) => [startedAt, endedAt]), [
    [1, 4],
    [6, 9],
    [10, undefined],
  ]);
});

Deno.test("traceOf() is undefined without events", () => {
  assertEquals(traceOf([]), undefined);
});

Deno.test("traceOf() links a delivered signal to the activation that waited", () => {
  const base = { jobId: "job", slot: "in", attempt: 1, routineId: "a" };
  const effects = { emits: [], sharedData: [], sharedLog: [], routineState: undefined };
  const wait = {
    waitId: "job/w0",
    signal: "go",
    routineId: "a",
    slot: "go",
    activationId: "job/0",
    since: 2,
    attempt: 1,
  };
  const trace = traced([
    {
      type: "job_started",
      jobId: "job",
      seq: 1,
      at: 0,
      flowId: "f",
      activation: { activationId: "job/0", routineId: "a", slot: "in", payload: 1 },
    },
    { ...base, type: "activation_started", seq: 2, at: 1, activationId: "job/0", workerId: "w1" },
    {
      ...base,
      type: "activation_completed",
      seq: 3,
      at: 2,
      activationId: "job/0",
      workerId: "w1",
      startedAt: 1,
      endedAt: 2,
      effects,
      queued: [],
      waits: [wait],
      unrouted: 0,
    },
    { type: "signal_received", jobId: "job", seq: 4, at: 9, signal: "go", payload: 1 },
    {
      type: "signal_delivered",
      jobId: "job",
      seq: 5,
      at: 9,
      signal: "go",
      received: 4,
      waitId: "job/w0",
      activation: { activationId: "job/1", routineId: "a", slot: "go", payload: 1 },
    },
  ]);
  assertEquals(trace.activations.map(({ from }) => from), [undefined, "job/0"]);
  assertEquals(trace.waits.map(({ since, endedAt, outcome }) => [since, endedAt, outcome]), [[
    2,
    9,
    "delivered",
  ]]);
});

function traced(events: readonly JobEvent[]): JobTrace {
  const trace = traceOf(events);
  if (trace === undefined) throw new Error("no trace");
  return trace;
}
