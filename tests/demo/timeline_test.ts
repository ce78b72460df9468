import { assertEquals } from "@std/assert";
import { Chart } from "../../examples/concurrent_demo/chart.ts";
import { lanes } from "../../examples/concurrent_demo/lanes.ts";
import { timeline } from "../../examples/concurrent_demo/timeline.ts";
import { type FakeJob, fakeJob, plain } from "./fake_jobs.ts";

Deno.test("timeline() draws a bar per activation", () => {
  const jobs = [
    fakeJob("job_1", ["w1", 1000, 1100], ["w2", 1200, 1400]),
    fakeJob("job_2", ["w2", 1000, 1200]),
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

Deno.test("timeline() draws no bar for waiting", () => {
  const [, , , bar = ""] = draw([fakeJob("job_1", ["w1", 1900, 2000])], { limit: 1, columns: 60 });
  assertEquals(bar.match(/█|▐/)?.index, bar.indexOf("w1") - 5);
});

Deno.test("timeline() labels a bar that did not complete", () => {
  const jobs = [fakeJob("job_1", ["w1", 1000, 1100], ["w1", 1100, 1150, "cancelled"])];
  const [, , , first, second] = draw(jobs, { limit: 1, columns: 80 });
  assertEquals([first?.endsWith("ms"), second?.endsWith("cancelled")], [true, true]);
});

Deno.test("timeline() draws many jobs in one line each", () => {
  const jobs = Array.from({ length: 21 }, (_, i) => {
    const start = 1000 + i * 10;
    return fakeJob(`job_${i + 1}`, ["w1", start, start + 50], ["w12", start + 100, start + 140]);
  });
  const lines = draw(jobs, { limit: 21, columns: 42 });
  assertEquals(lines.length, 2 + 21 + 1 + 2);
  assertEquals(lines.slice(2, 4), ["job_1   w1━━━     w12━", "job_2    w1━━━     w12━"]);
});

Deno.test("timeline() reports an exceeded limit", () => {
  const jobs = [fakeJob("job_1", ["w1", 1000, 1100]), fakeJob("job_2", ["w2", 1050, 1100])];
  assertEquals(
    draw(jobs, { limit: 1, columns: 80 }).at(-1),
    "2 bars, at most 2 at once; the limit is 1. That is too many.",
  );
});

Deno.test("timeline() prints a note without executions", () => {
  assertEquals(draw([fakeJob("job_1")], { limit: 1, columns: 80 }), ["Nothing was executed."]);
});

Deno.test("Chart.bar() stays visible and inside the chart", () => {
  const chart = new Chart({ startedAt: 0, endedAt: 1000 }, 10);
  assertEquals(chart.bar({ startedAt: 500, endedAt: 500 }), { before: "     ", bar: "▌" });
  assertEquals(chart.bar({ startedAt: 1000, endedAt: 1000 }), { before: " ".repeat(9), bar: "▐" });
  assertEquals(chart.range({ startedAt: 1000, endedAt: 1000 }), [9, 10]);
});

Deno.test("lanes() separates overlapping bars", () => {
  const items = [[0, 3], [1, 2], [3, 5], [2, 4]] as const;
  const spread = lanes(items, (item) => item).map((lane) => lane.map(({ item }) => item));
  assertEquals(spread, [[[0, 3], [3, 5]], [[1, 2], [2, 4]]]);
});

function draw(jobs: FakeJob[], options: { limit: number; columns: number }): string[] {
  return plain(timeline(jobs, { start: 1000, ...options }));
}
