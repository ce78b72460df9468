import type { JobTrace } from "../../src/run/job_trace.ts";
import { FigureCounter } from "../../src/report/figure_counter.ts";
import type { TimelineData } from "../../src/report/timeline_view.ts";
import { activation, traceOfParts } from "./traces.ts";

/** One execution: on which worker, from when to when, and how it ended. */
export type FakeExecution = readonly [
  workerId: string,
  startedAt: number,
  endedAt: number,
  outcome?: "completed" | "failed" | "cancelled",
];

/** A job whose activations followed on one another. */
export function fakeTrace(jobId: string, ...executions: readonly FakeExecution[]): JobTrace {
  const activations = executions.map(([workerId, startedAt, endedAt, outcome = "completed"], i) => {
    const one = activation(`${jobId}/${i + 1}`, startedAt, [
      [startedAt, startedAt, endedAt, outcome],
    ], {
      routineId: `stage${i + 1}`,
      from: i === 0 ? undefined : `${jobId}/${i}`,
    });
    return { ...one, attempts: one.attempts.map((attempt) => ({ ...attempt, workerId })) };
  });
  return traceOfParts(activations, [], { jobId, createdAt: executions[0]?.[1] ?? 0 });
}

/** The parts of a report that a timeline of these jobs shows. */
export function timelineOf(jobs: readonly JobTrace[], start: number, limit: number): TimelineData {
  const counter = new FigureCounter();
  for (const trace of jobs) counter.add(trace);
  const figures = { ...counter.figures(limit), startedAt: start };
  return { jobs: jobs.map((trace) => ({ trace })), figures, since: undefined };
}
