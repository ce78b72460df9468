// What the pages compute before they draw: the texts, the spans of timelines, the layout of graphs, and addresses.

import { assert, assertEquals } from "@std/assert";
import { graphLayout, NODE_HEIGHT, NODE_WIDTH } from "../../client/data/graph_layout.ts";
import { jobHref, parseRoute, viewHref } from "../../client/data/route.ts";
import { activationRows, spansOf, workerRows } from "../../client/data/spans_of.ts";
import { spanText } from "../../client/data/span.ts";
import { moved, ticksOf, zoomed } from "../../client/data/time_window.ts";
import { count, duration } from "../../client/text/format.ts";
import { oneLine, printable } from "../../client/text/printable.ts";
import type { JobTrace, TracedActivation } from "../../src/run/job_trace.ts";
import { GRAPH, sampleTraces } from "../browser/sample_run.ts";

Deno.test("duration() chooses a unit", () => {
  const shown = [0, 0.04, 1.25, 44.6, 999.7, 61_000, 7_260_000, 3 * 86_400_000].map(duration);
  assertEquals(shown, [
    "0 ms",
    "40 µs",
    "1.3 ms",
    "45 ms",
    "1.00 s",
    "1 min 1 s",
    "2 h 1 min",
    "3 d 0 h",
  ]);
  assertEquals(duration(undefined), "–");
  assertEquals([0, 999, 1_000, 1_234_567].map(count), ["0", "999", "1,000", "1,234,567"]);
});

Deno.test("printable() escapes what is not seen", () => {
  assertEquals(printable("a\x1b[0m\u202eb\r\n\tc"), "a\\x1b[0m\\u202eb\\x0d\n\tc");
  assertEquals(printable("naïve 東京 👩‍👩‍👧"), "naïve 東京 👩‍👩‍👧");
  assertEquals(oneLine("a\n\n b".repeat(3), 8), "a ba ba …");
});

Deno.test("spansOf() separates waiting from executing", () => {
  const spans = spansOf(traceOf([{
    queuedAt: 0,
    readyAt: 30,
    endedAt: 50,
    outcome: "completed",
    attempts: [
      {
        attempt: 1,
        workerId: "w",
        readyAt: 0,
        startedAt: 5,
        endedAt: 20,
        isMeasured: true,
        outcome: "retried",
      },
      {
        attempt: 2,
        workerId: "w",
        readyAt: 30,
        startedAt: 40,
        endedAt: 50,
        isMeasured: true,
        outcome: "completed",
      },
    ],
  }]));
  assertEquals(spans.map(({ kind, start, end, attempt }) => [kind, start, end, attempt]), [
    ["queued", 0, 5, 1],
    ["executing", 5, 20, 1],
    ["delayed", 20, 30, 2],
    ["queued", 30, 40, 2],
    ["executing", 40, 50, 2],
  ]);
});

Deno.test("activationRows() shows a delay that has not passed", () => {
  const trace = traceOf([{
    queuedAt: 0,
    readyAt: 60,
    endedAt: undefined,
    outcome: "queued",
    attempts: [
      {
        attempt: 1,
        workerId: "w",
        readyAt: 0,
        startedAt: 0,
        endedAt: 10,
        isMeasured: true,
        outcome: "retried",
      },
    ],
  }]);
  const [row] = activationRows(trace, 100);
  assertEquals(row?.spans.map(({ kind, start, end }) => [kind, start, end]), [
    ["executing", 0, 10],
    ["delayed", 10, 60],
    ["queued", 60, 100],
  ]);
});

Deno.test("activationRows() shows a delay before the first attempt", () => {
  const about = { queuedAt: 0, readyAt: 60 };
  const attempt = {
    attempt: 1,
    workerId: "w",
    readyAt: 60,
    startedAt: 70,
    endedAt: 90,
    isMeasured: true,
    outcome: "completed" as const,
  };
  const [waiting] = activationRows(
    traceOf([{ ...about, endedAt: undefined, outcome: "queued", attempts: [] }]),
    50,
  );
  const [executed] = activationRows(
    traceOf([{ ...about, endedAt: 90, outcome: "completed", attempts: [attempt] }]),
    100,
  );
  const shown = (row = waiting) => row?.spans.map(({ kind, start, end }) => [kind, start, end]);
  assertEquals(shown(), [["delayed", 0, 50]]);
  assertEquals(shown(executed), [["delayed", 0, 60], ["queued", 60, 70], ["executing", 70, 90]]);
  assertEquals(waiting?.spans.map(spanText), ["waits for a delay"]);
});

Deno.test("workerRows() lets no spans of a row overlap", () => {
  const rows = workerRows(sampleTraces({ jobs: 20 }));
  assert(rows.length >= 4);
  for (const { spans } of rows) {
    for (const [index, span] of spans.entries()) {
      const next = spans[index + 1];
      assert(next === undefined || next.start >= span.end - 0.05);
    }
  }
});

Deno.test("graphLayout() places routines apart and bundles connections", () => {
  const { nodes, edges } = graphLayout({
    ...GRAPH,
    connections: [
      ...GRAPH.connections,
      { from: "parse", event: "rejected", to: "enrich", slot: "input" },
      { from: "store", event: "stored", to: "store", slot: "input" },
    ],
  }, "LR");
  const places = [...nodes.values()];
  for (const [index, a] of places.entries()) {
    for (const b of places.slice(index + 1)) {
      assert(Math.abs(a.x - b.x) >= NODE_WIDTH || Math.abs(a.y - b.y) >= NODE_HEIGHT);
    }
  }
  assertEquals(edges.length, GRAPH.connections.length + 1);
  assertEquals(
    edges.find(({ from, to }) => from === "parse" && to === "enrich")?.connections.length,
    2,
  );
  assert(edges.every(({ points }) => points.length >= 2));
});

Deno.test("graphLayout() accepts a flow without routines", () => {
  assertEquals(graphLayout({ routines: [], connections: [] }, "LR").nodes.size, 0);
});

Deno.test("parseRoute() reads any id", () => {
  const flowId = "a/b?c#d %";
  const route = parseRoute(jobHref(flowId, "job/1", "log"));
  assertEquals([route.flowId, route.view, route.jobId, route.tab], [flowId, "job", "job/1", "log"]);
  const list = parseRoute(viewHref(flowId, "jobs", { q: "x&y", status: "failed" }));
  assertEquals([list.view, list.query.get("q"), list.query.get("status")], [
    "jobs",
    "x&y",
    "failed",
  ]);
  assertEquals(parseRoute("#/f/%E0%A4%A/unknown").view, "overview");
  assertEquals(parseRoute("").flowId, undefined);
});

Deno.test("zoomed() and moved() stay within the whole", () => {
  const whole = { from: 0, to: 100 };
  const half = zoomed(whole, 0.5, 90, whole);
  assertEquals(half, { from: 45, to: 95 });
  assertEquals(moved(half, 10, whole), { from: 50, to: 100 });
  assertEquals(zoomed(half, 4, 50, whole), whole);
  const ticks = ticksOf(half, 0, 5);
  assertEquals(ticks, [50, 60, 70, 80, 90]);
});

interface Course extends Omit<Partial<TracedActivation>, "attempts"> {
  readonly attempts: readonly Omit<TracedActivation["attempts"][number], "error">[];
}

function traceOf(courses: readonly Course[]): JobTrace {
  const base = {
    activationId: "a1",
    routineId: "r",
    slot: "in",
    from: undefined,
    event: undefined,
    queuedAt: 0,
    readyAt: 0,
    endedAt: undefined,
    outcome: "queued" as const,
    error: undefined,
  };
  return {
    jobId: "j",
    flowId: "f",
    status: "running",
    createdAt: 0,
    lastAt: 100,
    endedAt: undefined,
    error: undefined,
    activations: courses.map((course) => ({
      ...base,
      ...course,
      attempts: course.attempts.map((attempt) => ({ ...attempt, error: undefined })),
    })),
    waits: [],
    isPartial: false,
  };
}
