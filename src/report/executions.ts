import type { AttemptOutcome, JobTrace } from "../run/job_trace.ts";
import type { Interval } from "../terminal/chart.ts";

/** An attempt that has begun, with its wait for a worker. */
export interface Execution extends Interval {
  /** The routine. */
  readonly routineId: string;
  /** The attempt, from 1. */
  readonly attempt: number;
  /** The worker. */
  readonly workerId: string;
  /** The time from which it could have begun. */
  readonly readyAt: number;
  /** The outcome. */
  readonly outcome: AttemptOutcome;
}

/**
 * Returns the executions of a job, sorted by start. An open one lasts until the last event of the job.
 *
 * @param trace The course of the job.
 * @param since The moment from which on they began. The default is all of them.
 */
export function executionsOf(
  { activations, lastAt }: Pick<JobTrace, "activations" | "lastAt">,
  since = -Infinity,
): Execution[] {
  return activations.flatMap(({ routineId, attempts }) =>
    attempts.filter(({ startedAt }) => startedAt >= since).map((attempt) => ({
      ...{ routineId, attempt: attempt.attempt, workerId: attempt.workerId },
      ...{ readyAt: Math.min(attempt.readyAt, attempt.startedAt), startedAt: attempt.startedAt },
      endedAt: Math.max(attempt.startedAt, attempt.endedAt ?? lastAt),
      outcome: attempt.outcome,
    }))
  ).sort((a, b) => a.startedAt - b.startedAt);
}
