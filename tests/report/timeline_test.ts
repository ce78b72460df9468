import { assertEquals } from "@std/assert";
import { lanes } from "../../src/report/lanes.ts";
import { timelineView } from "../../src/report/timeline_view.ts";
import type { JobTrace } from "../../src/run/job_trace.ts";
import { fakeTrace, timelineOf } from "./fake_traces.ts";
import { activation, traceOfParts, wait } from "./traces.ts";

Deno.test("timelineView() draws a bar per activation", () => {
  const jobs = [
    fakeTrace("job_1", ["w1", 1000, 1100], ["w2", 1200, 1400]),
    fakeTrace("job_2", ["w2", 1000, 1200]),
  ];
  assertEquals(draw(jobs, { limit: 2, columns: 73 }), [
    "      ms  0         100       200       300",
    "          ┬─────────┬─────────┬─────────┬─────────",
    "job_1",
    "  stage1  ██████████                                w1     +0.0  100.0 ms",
    "  stage2                      ████████████████████  w2   +200.0  200.0 ms",
    "job_2",
    "  stage1  ████████████████████                      w2     +0.0  200.0 ms",
    "",
    "3 bars, at most 2 at once; the limit is 2.",
  ]);
});

Deno.test("timelineView() draws no bar for waiting", () => {
  const [, , , bar = ""] = draw([fakeTrace("job_1", ["w1", 1900, 2000])], {
    limit: 1,
    columns: 60,
  });
  assertEquals(bar.match(/█|▐/)?.index, bar.indexOf("w1") - 5);
});

Deno.test("timelineView() labels a bar that did not complete", () => {
  const jobs = [fakeTrace("job_1", ["w1", 1000, 1100], ["w1", 1100, 1150, "cancelled"])];
  const [, , , first, second] = draw(jobs, { limit: 1, columns: 80 });
  assertEquals([first?.endsWith("ms"), second?.endsWith("cancelled")], [true, true]);
});

Deno.test("timelineView() draws many jobs in one line each", () => {
  const jobs = Array.from({ length: 21 }, (_, i) => {
    const start = 1000 + i * 10;
    return fakeTrace(`job_${i + 1}`, ["w1", start, start + 50], ["w12", start + 100, start + 140]);
  });
  const lines = draw(jobs, { limit: 21, columns: 42 });
  assertEquals(lines.length, 2 + 21 + 1 + 2);
  assertEquals(lines.slice(2, 4), ["job_1   w1━━━     w12━", "job_2    w1━━━     w12━"]);
});

Deno.test("timelineView() reports an exceeded limit", () => {
  const jobs = [fakeTrace("job_1", ["w1", 1000, 1100]), fakeTrace("job_2", ["w2", 1050, 1100])];
  assertEquals(
    draw(jobs, { limit: 1, columns: 80 }).at(-1),
    "2 bars, at most 2 at once; the limit is 1. That is too many.",
  );
});

Deno.test("timelineView() prints a note without executions", () => {
  assertEquals(draw([fakeTrace("job_1")], { limit: 1, columns: 80 }), ["Nothing was executed."]);
});

Deno.test("lanes() separates overlapping bars", () => {
  const items = [[0, 3], [1, 2], [3, 5], [2, 4]] as const;
  const spread = lanes(items, (item) => item).map((lane) => lane.map(({ item }) => item));
  assertEquals(spread, [[[0, 3], [3, 5]], [[1, 2], [2, 4]]]);
});

Deno.test("timelineView() draws waits for workers and signals", () => {
  const job = traceOfParts(
    [
      activation("a", 0, [[0, 100, 200, "retried"], [250, 300, 400]]),
      activation("b", 600, [[600, 700, 800]], { from: "a" }),
    ],
    [wait("a", 400, 600)],
    { jobId: "job_1" },
  );
  assertEquals(timelineView(timelineOf([job], 0, 1), { columns: 62 }), [
    "      ms  0            500",
    "          ┬────────────┬──────",
    "job_1",
    "  A       ··▐██                 w1   +100.0  100.0 ms  retried",
    "  A #2          ·▐██            w1   +300.0  100.0 ms",
    "  A (go)            ·····            +400.0  200.0 ms  signal",
    "  B                      ··▐██  w1   +700.0  100.0 ms",
    "",
    "3 bars, at most 1 at once; the limit is 1.",
  ]);
});

function draw(
  jobs: readonly JobTrace[],
  { limit, columns }: { limit: number; columns: number },
): string[] {
  return timelineView(timelineOf(jobs, 1000, limit), { columns, waits: false, timesIn: "part 4" });
}
