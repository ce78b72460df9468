import { stripAnsiCode } from "@std/fmt/colors";
import type { ExecutionRecord, JobCounts, Span } from "@millrace/flow";

/** The parts of a job that tests of views need. */
export interface FakeJob {
  readonly jobId: string;
  readonly spans: Span[];
  readonly executionHistory: ExecutionRecord[];
}

/** One execution: on which worker, from when to when, and how it ended. */
export type FakeExecution = readonly [
  workerId: string,
  startedAt: number,
  endedAt: number,
  outcome?: "completed" | "failed" | "cancelled",
];

/** A job whose activations followed on one another. */
export function fakeJob(jobId: string, ...executions: readonly FakeExecution[]): FakeJob {
  const spans: Span[] = [];
  const executionHistory: ExecutionRecord[] = [];
  executions.forEach(([workerId, startedAt, endedAt, outcome = "completed"], i) => {
    const activationId = `${jobId}/${i + 1}`;
    const subject = { routineId: `stage${i + 1}`, slot: "in", activationId };
    spans.push({ jobId, ...subject, attempt: 1, workerId, startedAt, endedAt });
    const queued: ExecutionRecord = {
      timestamp: startedAt,
      event: "queued",
      attempt: 0,
      ...subject,
    };
    executionHistory.push(
      i === 0 ? queued : { ...queued, data: { from: `${jobId}/${i}`, event: "out" } },
      { timestamp: startedAt, event: "started", attempt: 1, workerId, ...subject },
      { timestamp: endedAt, event: outcome, attempt: 1, workerId, ...subject },
    );
  });
  return { jobId, spans, executionHistory };
}

/** Counts of a job that has done nothing yet, but for what is given. */
export function fakeCounts(counts: Partial<JobCounts> = {}): JobCounts {
  return {
    queued: 0,
    executing: 0,
    completed: 0,
    failed: 0,
    skipped: 0,
    cancelled: 0,
    known: 1,
    retries: 0,
    withdrawn: 0,
    unrouted: 0,
    logEntries: 0,
    events: 1,
    ...counts,
  };
}

/** Lines without their colours. */
export function plain(lines: readonly string[]): string[] {
  return lines.map(stripAnsiCode);
}
