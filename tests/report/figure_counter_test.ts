import { assertEquals } from "@std/assert";
import { busyTime, chainTime } from "../../src/report/chain_time.ts";
import { FigureCounter } from "../../src/report/figure_counter.ts";
import type { JobTrace } from "../../src/run/job_trace.ts";
import { fakeTrace } from "./fake_traces.ts";
import { activation, traceOfParts } from "./traces.ts";

Deno.test("FigureCounter.figures() divides the work evenly", () => {
  const jobs = [1, 2, 3, 4].map((n) => fakeTrace(`job_${n}`, ["w1", 0, 100], ["w2", 100, 250]));
  assertEquals(lowerBound(jobs, 2), 500);
});

Deno.test("FigureCounter.figures() bounds by a job's chain", () => {
  const job = fakeTrace("job_1", ["w1", 0, 100], ["w2", 180, 330]);
  assertEquals([chainTime(job), lowerBound([job], 8)], [250, 250]);
});

Deno.test("chainTime() counts the longest parallel chain", () => {
  const job = traceOfParts([
    activation("1", 0, [[0, 0, 10]]),
    activation("2", 10, [[10, 10, 40]], { from: "1" }),
    activation("3", 10, [[10, 10, 20]], { from: "1" }),
    activation("4", 20, [[20, 40, 45]], { from: "3" }),
  ]);
  assertEquals(chainTime(job), 40);
  assertEquals(busyTime(job), 55);
});

Deno.test("chainTime() counts an activation that flushed up to its successor", () => {
  const job = traceOfParts([
    activation("1", 0, [[0, 0, 10, "retried"], [10, 10, 110]]),
    activation("2", 15, [[15, 15, 115]], { from: "1" }),
    activation("3", 115, [[115, 115, 120]], { from: "2" }),
  ]);
  // Nothing waited, so no schedule is faster, and the chain is not longer than the job.
  assertEquals(chainTime(job), 120);
});

Deno.test("chainTime() adds every attempt", () => {
  const job = traceOfParts([activation("1", 0, [[0, 0, 10, "retried"], [20, 20, 35]])]);
  assertEquals(chainTime(job), 25);
});

Deno.test("busyTime() counts measured attempts from a moment on", () => {
  const job = traceOfParts([
    activation("1", 0, [[0, 0, 10, "lost"], [20, 20, 35, "retried"], [40, 40, undefined]]),
    activation("2", 0, [[0, 5, 10]]),
  ]);
  assertEquals([busyTime(job), busyTime(job, 15), chainTime(job, 15)], [20, 15, 15]);
});

Deno.test("FigureCounter.figures() has no bound without executions", () => {
  assertEquals(lowerBound([fakeTrace("job_1")], 2), 0);
});

Deno.test("FigureCounter.figures() bounds by the chain without a limit", () => {
  const job = fakeTrace("job_1", ["w1", 0, 100], ["w2", 180, 330]);
  assertEquals([lowerBound([job, job], undefined), lowerBound([job, job], 1)], [250, 500]);
});

Deno.test("FigureCounter.figures() spans the jobs", () => {
  const counter = new FigureCounter();
  counter.add(fakeTrace("job_1", ["w1", 1000, 1100]));
  counter.add(fakeTrace("job_2", ["w2", 1050, 1300], ["w1", 1300, 1310, "failed"]));
  assertEquals(counter.figures(2), {
    startedAt: 1000,
    endedAt: 1310,
    wall: 310,
    busy: 360,
    chain: 260,
    lowerBound: 260,
    ratio: 310 / 260,
    executions: 3,
    maxConcurrent: 2,
    limit: 2,
  });
});

function lowerBound(jobs: readonly JobTrace[], limit: number | undefined): number {
  const counter = new FigureCounter();
  for (const job of jobs) counter.add(job);
  return counter.figures(limit).lowerBound;
}
