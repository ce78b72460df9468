import type { JobState, Span } from "@millrace/flow";

/** When and where an attempt was executed, and what became of it. */
export interface Execution extends Span {
  /** How it ended. */
  readonly outcome: "completed" | "failed" | "cancelled";
}

/** What a job has executed, by start. */
export function executionsOf(
  { spans, executionHistory }: Pick<JobState, "spans" | "executionHistory">,
): Execution[] {
  const outcomes = new Map<string, Execution["outcome"]>();
  for (const { activationId, attempt, event } of executionHistory) {
    if (event === "completed" || event === "failed" || event === "cancelled") {
      outcomes.set(`${activationId} ${attempt}`, event);
    }
  }
  return spans
    .map((span) => {
      const outcome = outcomes.get(`${span.activationId} ${span.attempt}`) ?? "completed";
      return { ...span, outcome };
    })
    .sort((a, b) => a.startedAt - b.startedAt);
}
