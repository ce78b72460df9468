import type { AttemptOutcome } from "../../src/run/job_trace.ts";

/** A part of a timeline: an activation waits or executes. Times are epoch milliseconds. */
export interface Span {
  /** Waiting for a worker, for the delay of a retry or for a signal, or executing. */
  readonly kind: "queued" | "delayed" | "signal" | "executing";
  /** The outcome of the attempt, if it executes. */
  readonly outcome: AttemptOutcome | undefined;
  readonly start: number;
  readonly end: number;
  readonly jobId: string;
  readonly activationId: string;
  readonly routineId: string;
  /** The attempt, from 1; 0 before the first. */
  readonly attempt: number;
  /** The worker, if it executes; the signal, if it waits for one. */
  readonly by: string | undefined;
}

/** A row of a timeline. */
export interface TimelineRow {
  readonly key: string;
  readonly label: string;
  /** A second label, in a weaker colour. */
  readonly note: string;
  /** In the order of their starts. */
  readonly spans: readonly Span[];
}

/** Returns a span in words. */
export function spanText({ kind, outcome, attempt, by }: Span): string {
  if (kind === "queued") return "waits for a worker";
  if (kind === "delayed") return attempt > 1 ? `waits for attempt ${attempt}` : "waits for a delay";
  if (kind === "signal") return `waits for signal ${by ?? ""}`;
  const tries = attempt > 1 ? `attempt ${attempt}` : "executes";
  return `${tries}${attempt > 1 ? "," : ":"} ${outcome ?? "executing"}`;
}
