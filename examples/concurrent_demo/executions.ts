import type { JobState, Span } from "@millrace/flow";

/** How an attempt can end; one that failed may be tried again, or its routine be skipped. */
export type Outcome = "completed" | "failed" | "retried" | "skipped" | "cancelled";

/** When and where an attempt was executed, and what became of it. */
export interface Execution extends Span {
  /** How it ended. */
  readonly outcome: Outcome;
}

/** What the records of a history make of an attempt; a later one has the last word. */
const OUTCOMES: Readonly<Record<string, Outcome>> = {
  completed: "completed",
  failed: "failed",
  retrying: "retried",
  skipped: "skipped",
  cancelled: "cancelled",
};

/** What a job has executed, by start. */
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
