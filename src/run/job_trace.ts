// The course of one job as plain data: each activation with the time it waited and the time it executed. `trace_of.ts`
// derives it; timelines, critical paths, exports and the views of a job are drawn from it.

import type { SerializedError } from "../data/serialized_error.ts";
import type { JobStatus } from "../engine/job.ts";

/**
 * The course of one job, derived from its JobEvents. It is plain data. Times are epoch milliseconds. In a rerun, what
 * the older job has executed and waited is left to that job.
 *
 * @example The time that each activation of a job has waited
 * ```ts
 * import type { JobTrace } from "@millrace/flow/monitor";
 *
 * function waits({ activations }: JobTrace): number[] {
 *   return activations.map(({ attempts }) => (attempts[0]?.startedAt ?? 0) - (attempts[0]?.readyAt ?? 0));
 * }
 * ```
 */
export interface JobTrace {
  /** The job. */
  readonly jobId: string;
  /** Its flow. */
  readonly flowId: string;
  /** The status after the last event. */
  readonly status: JobStatus;
  /** The time at which it was created. */
  readonly createdAt: number;
  /** The time of its last event. */
  readonly lastAt: number;
  /** The time at which it ended; `undefined` before. */
  readonly endedAt: number | undefined;
  /** The error that failed or cancelled it. */
  readonly error: SerializedError | undefined;
  /** Its activations, in the order in which they were queued. */
  readonly activations: readonly TracedActivation[];
  /** Its waits for signals, in the order in which they began. */
  readonly waits: readonly TracedWait[];
  /** `true` if it was fed: an activation without a `from` may have been queued later than the job was created. */
  readonly isFed?: true | undefined;
  /** `true` if the first events are missing, as the retention of the store has dropped them. */
  readonly isPartial: boolean;
}

/** An activation of a job. */
export interface TracedActivation {
  /** The activation. */
  readonly activationId: string;
  /** Its routine. */
  readonly routineId: string;
  /** Its slot. */
  readonly slot: string;
  /** The activation that led to it: by an emit, by its failure, or by a wait whose signal was delivered. */
  readonly from: string | undefined;
  /** The event on which its payload was emitted; `undefined` if it was not emitted. */
  readonly event: string | undefined;
  /** The time at which it was queued. */
  readonly queuedAt: number;
  /** The time from which its last attempt, or its next one, could begin. */
  readonly readyAt: number;
  /** The time at which its last attempt, or its wait for one, ended; `undefined` while it is not decided. */
  readonly endedAt: number | undefined;
  /** Its state after the last event. */
  readonly outcome: ActivationOutcome;
  /**
   * `true` if it had ended in the job that this one reruns. Its outcome and error are taken over from there; it has no
   * attempts, and its times are that of the begin of the rerun.
   */
  readonly isTakenOver?: true | undefined;
  /** Its attempts that have begun, oldest first; in a rerun, those of the rerun alone. */
  readonly attempts: readonly TracedAttempt[];
  /** The error with which it failed for good, or was cancelled on its own. */
  readonly error: SerializedError | undefined;
}

/** The state of an activation. */
export type ActivationOutcome =
  | "queued"
  | "held"
  | "executing"
  | "completed"
  | "failed"
  | "skipped"
  | "cancelled";

/** One attempt at an activation. */
export interface TracedAttempt {
  /** The number of the attempt, from 1. */
  readonly attempt: number;
  /** The worker. */
  readonly workerId: string;
  /** The time from which it could have begun: it was queued, or its delay was over. */
  readonly readyAt: number;
  /** The time at which its handler was called; measured in the worker once it has ended. */
  readonly startedAt: number;
  /** The time at which its handler ended; `undefined` while it executes. */
  readonly endedAt: number | undefined;
  /**
   * `true` if its times were measured in the worker. Those of an attempt that executes, was lost, or never came to be
   * executed are the times at which the host learned of it.
   */
  readonly isMeasured: boolean;
  /** The outcome. An attempt is `"lost"` if its process died, and `"left"` if the flow was closed. */
  readonly outcome: AttemptOutcome;
  /** The error with which it failed. */
  readonly error: SerializedError | undefined;
}

/** The outcome of an attempt. */
export type AttemptOutcome =
  | "executing"
  | "completed"
  | "retried"
  | "failed"
  | "skipped"
  | "cancelled"
  | "lost"
  | "left";

/** A wait of a job for a signal. */
export interface TracedWait {
  /** Its id. */
  readonly waitId: string;
  /** The signal. */
  readonly signal: string;
  /** The routine that waits. */
  readonly routineId: string;
  /** The activation that called `ctx.waitFor`. */
  readonly activationId: string;
  /** The start of the wait. */
  readonly since: number;
  /** The end of the wait; `undefined` while it is open. */
  readonly endedAt: number | undefined;
  /** The outcome; a wait is `"dropped"` with its job. */
  readonly outcome: "waiting" | "delivered" | "expired" | "withdrawn" | "dropped";
}
