import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import { Flow } from "@millrace/flow";
import { chromeTrace, chromeTraceChunks, type JobTrace, traceOf } from "@millrace/flow/export";
import { fibonacci, total } from "../../examples/fibonacci.ts";
import { driveEngine } from "../laws/drive_engine.ts";
import { plans } from "../laws/plan.ts";
import { engineRuns } from "../laws/runs.ts";
import { spansOf } from "../../src/engine/history_of.ts";
import { rerunOf } from "../run/rerun_of.ts";
import { type AnyTraceEvent, readTrace } from "./trace_format.ts";

const plan = plans({ failing: true, dying: true, flushing: true, lenient: true });
const choices = fc.infiniteStream(fc.nat(2 ** 20));

Deno.test("chromeTrace() has each attempt of any run in the format", () => {
  const property = fc.property(plan, choices, (plan, choices) => {
    const traces = driveEngine(plan, choices).map(({ stream }) => traced(stream));
    const events = readTrace(chromeTrace(traces));
    const attempts = traces.flatMap(({ activations }) => activations)
      .flatMap(({ attempts }) => attempts);
    assertEquals(events.filter(({ ph }) => ph === "X").length, attempts.length);
    assertEquals(ofPhase(events, "b", "job").length, traces.length);
  });
  fc.assert(property, engineRuns(40));
});

Deno.test("chromeTrace() keeps to the format at each moment of a run", () => {
  const property = fc.property(plan, choices, fc.nat(), (plan, choices, cut) => {
    const traces = driveEngine(plan, choices).map(({ stream }) =>
      traced(stream.slice(0, cut % stream.length + 1))
    );
    const last = Math.max(...traces.map(({ lastAt }) => lastAt));
    readTrace(chromeTrace(traces));
    readTrace(chromeTrace(traces, { now: last + 1000 }));
  });
  fc.assert(property, engineRuns(40));
});

Deno.test("chromeTrace() draws a real run with its workers and arrows", async () => {
  await using flow = new Flow({ id: "numbers", maxWorkers: 2, concurrency: 4 })
    .add("fibonacci", fibonacci)
    .add("total", total)
    .connect("fibonacci.result", "total.number");
  const jobs = await Promise.all([10, 11, 12].map((n) => flow.execute("fibonacci.n", n)));
  const traces = await Promise.all(jobs.map(async ({ jobId }) => {
    return traced(await Array.fromAsync(flow.events({ jobId })));
  }));
  const events = readTrace(chromeTrace(traces));

  const threads = named(events, "thread_name");
  const origin = Math.min(...traces.map(({ createdAt }) => createdAt));
  for (const trace of traces) {
    for (const { activationId, routineId, attempts } of trace.activations) {
      const slices = ofPhase(events, "X", "attempt")
        .filter(({ args }) => args?.activation === activationId);
      const [slice] = slices;
      const [only] = attempts;
      assert(slice !== undefined && only?.endedAt !== undefined);
      assertEquals([slices.length, slice.name], [1, routineId]);
      assertEquals(threads.get(slice.tid)?.replace(/ \(\d+\)$/, ""), only.workerId);
      assertEquals([slice.args?.job, slice.args?.attempt], [trace.jobId, 1]);
      assert(Math.abs(slice.ts - (only.startedAt - origin) * 1000) < 0.125);
      assert(Math.abs(slice.ts + slice.dur - (only.endedAt - origin) * 1000) <= 0.125);
    }
  }
  const arrows = ofPhase(events, "s", "emit");
  assertEquals(arrows.map(({ name }) => name), ["result", "result", "result"]);
  assertEquals([...named(events, "process_name").values()], [
    "numbers: jobs",
    "numbers: workers",
    "numbers: waiting",
  ]);
});

Deno.test("chromeTrace() gives overlapping attempts of one worker a thread each", () => {
  const trace = traceWith([[0, 10, "w2"], [5, 15, "w2"], [10, 20, "w2"], [0, 1, "w10"]]);
  const events = readTrace(chromeTrace([trace]));
  assertEquals([...named(events, "thread_name")], [[1, "w2"], [2, "w2 (2)"], [3, "w10"]]);
  assertEquals(ofPhase(events, "X", "attempt").map(({ tid, ts, dur }) => [tid, ts, dur]), [
    [1, 0, 10_000],
    [2, 5_000, 10_000],
    [1, 10_000, 10_000],
    [3, 0, 1_000],
  ]);
});

Deno.test("chromeTrace() keeps times apart that differ by the smallest fraction", () => {
  const least = 2 ** -12;
  const trace = traceWith([[0, least, "w1"], [least, 2 * least, "w1"], [5, 5, "w1"]], 1.7e12);
  const slices = ofPhase(readTrace(chromeTrace([trace])), "X", "attempt");
  assertEquals(slices.map(({ tid }) => tid), [1, 1, 1]);
  assertEquals(slices.map(({ ts, dur }) => [ts, dur]), [[0, 0.25], [0.25, 0.25], [5000, 0.125]]);
});

Deno.test("chromeTrace() shows waits apart and failures with their errors", () => {
  const error = { name: "RangeError", message: "too large" };
  const trace: JobTrace = {
    ...traceWith([[2, 3, "w1"]]),
    lastAt: 11,
    endedAt: undefined,
    activations: [{
      ...traceWith([]).activations[0]!,
      ...activation("a1"),
      attempts: [
        { ...attempt(2, 3, "w1"), outcome: "retried", error },
        { ...attempt(9, 11, "w1", 2), readyAt: 8 },
      ],
    }],
    waits: [{
      waitId: "x",
      signal: "approve",
      routineId: "r",
      activationId: "a1",
      since: 11,
      endedAt: undefined,
      outcome: "waiting",
    }],
  };
  const events = readTrace(chromeTrace([trace], { now: 20 }));
  const waits = events.filter(({ ph, cat }) => ph === "b" && cat !== "job");
  const ends = new Map(events.filter(({ ph }) => ph === "e").map(({ id, ts }) => [id, ts]));
  assertEquals(waits.map(({ name, ts, id }) => [name, ts, ends.get(id)]), [
    ["r (queued)", 0, 2_000],
    ["r (delayed)", 3_000, 8_000],
    ["r (queued)", 8_000, 9_000],
    ["r (signal approve)", 11_000, 20_000],
  ]);
  const [first] = ofPhase(events, "X", "attempt");
  assertEquals([first?.args?.outcome, first?.args?.error], ["retried", "RangeError: too large"]);
});

Deno.test("chromeTrace() leaves attempts that a rerun has copied to the older job", () => {
  const property = fc.property(plan, choices, fc.nat(), (plan, choices, choice) => {
    for (const { stream } of driveEngine(plan, choices)) {
      const { events, copied } = rerunOf(plan, stream, choice);
      const drawn = readTrace(chromeTrace([traced(events)]));
      const own = spansOf(events.slice(copied)).length;
      assertEquals(ofPhase(drawn, "X", "attempt").length, own);
      assert(drawn.every(({ ts = 0 }) => ts >= 0));
    }
  });
  fc.assert(property, engineRuns(20));
});

Deno.test("chromeTrace() draws several flows as processes of their own", () => {
  const [one, two] = ["one", "two"].map((flowId) => ({ ...traceWith([[0, 1, "w1"]]), flowId }));
  const events = readTrace(chromeTrace([one!, two!]));
  assertEquals(new Set(ofPhase(events, "X", "attempt").map(({ pid }) => pid)).size, 2);
});

Deno.test("chromeTrace() writes hostile names as JSON", () => {
  const hostile = '<script>\u001b[31m"\n\ud800';
  const trace = { ...traceWith([[0, 1, hostile]]), jobId: hostile, flowId: hostile };
  const events = readTrace(chromeTrace([trace]));
  assert(events.some(({ args }) => args?.job === hostile));
});

Deno.test("chromeTrace() accepts no jobs", () => {
  assertEquals(readTrace(chromeTrace([])), []);
});

Deno.test("chromeTraceChunks() splits a long trace", () => {
  const trace = traceWith(Array.from({ length: 2_000 }, (_, at) => [at, at + 1, "w1"]));
  const chunks = [...chromeTraceChunks([trace])];
  assert(chunks.length > 3);
  assert(chunks.every(({ length }) => length < 70_000));
  assertEquals(chunks.join(""), chromeTrace([trace]));
  assertEquals(ofPhase(readTrace(chunks.join("")), "X", "attempt").length, 2_000);
});

type Span = readonly [startedAt: number, endedAt: number, workerId: string];

/** A job with an activation for each span, in milliseconds after a time. */
function traceWith(spans: readonly Span[], at = 0): JobTrace {
  return {
    jobId: "job_1",
    flowId: "flow",
    status: "completed",
    createdAt: at,
    lastAt: at + 100_000,
    endedAt: at + 100_000,
    error: undefined,
    activations: spans.map(([start, end, workerId], index) => ({
      ...activation(`a${index}`, at),
      attempts: [attempt(at + start, at + end, workerId)],
    })),
    waits: [],
    isPartial: false,
  };
}

function activation(activationId: string, queuedAt = 0): JobTrace["activations"][number] {
  return {
    activationId,
    routineId: "r",
    slot: "in",
    from: undefined,
    event: undefined,
    queuedAt,
    readyAt: queuedAt,
    endedAt: undefined,
    outcome: "completed",
    attempts: [],
    error: undefined,
  };
}

function attempt(startedAt: number, endedAt: number, workerId: string, number = 1) {
  return {
    attempt: number,
    workerId,
    readyAt: 0,
    startedAt,
    endedAt,
    isMeasured: true,
    outcome: "completed" as const,
    error: undefined,
  };
}

function traced(events: Parameters<typeof traceOf>[0]): JobTrace {
  const trace = traceOf(events);
  assert(trace !== undefined);
  return trace;
}

function ofPhase(events: readonly AnyTraceEvent[], ph: string, cat: string): AnyTraceEvent[] {
  return events.filter((event) => event.ph === ph && event.cat === cat);
}

/** The names of processes or threads, by number. */
function named(events: readonly AnyTraceEvent[], name: string): Map<number, string> {
  return new Map(
    events.filter((event) => event.name === name)
      .map(({ pid, tid, args }) => [name === "thread_name" ? tid : pid, `${args?.name}`]),
  );
}
