import type { JobState, Span } from "@millrace/flow";

/** The outcome of an attempt. After a failure, it may be retried, or its routine skipped. */
export type Outcome = "completed" | "failed" | "retried" | "skipped" | "cancelled";

/** The time, the worker and the outcome of an attempt. */
export interface Execution extends Span {
  /** The outcome. */
  readonly outcome: Outcome;
}

/** The outcome of an attempt by each kind of record; a later record overrides an earlier one. */
const OUTCOMES: Readonly<Record<string, Outcome>> = {
  completed: "completed",
  failed: "failed",
  retrying: "retried",
  skipped: "skipped",
  cancelled: "cancelled",
};

/** Returns the executions of a job, sorted by start. */
export function executionsOf(
  { spans, executionHistory }: Pick<JobState, "spans" | "executionHistory">,
): Execution[] {
  const outcomes = new Map<string, Outcome>();
  for (const { activationId, attempt, event } of executionHistory) {
    const outcome = OUTCOMES[event];
    if (outcome !== undefined) outcomes.set(`${activationId} ${attempt}`, outcome);
  }
  return spans
    .map((span) => {
      const outcome = outcomes.get(`${span.activationId} ${span.attempt}`) ?? "completed";
      return { ...span, outcome };
    })
    .sort((a, b) => a.startedAt - b.startedAt);
}
