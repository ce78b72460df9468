import type { SerializedError } from "../data/serialized_error.ts";
import type { Committed } from "../routine/committed.ts";
import type { Activation, JobStarted, Wait } from "./job_event.ts";

/**
 * The status of a job: the last three are ends.
 *
 * @example Whether a job has ended
 * ```ts
 * import type { JobStatus } from "@millrace/flow";
 *
 * const ends: readonly JobStatus[] = ["completed", "failed", "cancelled"];
 * const hasEnded = (status: JobStatus): boolean => ends.includes(status);
 * console.log(hasEnded("paused")); // false
 * ```
 */
export type JobStatus = "pending" | "running" | "paused" | "completed" | "failed" | "cancelled";

/**
 * An entry of a job's shared log.
 *
 * @example A line for each entry
 * ```ts
 * import type { LogEntry } from "@millrace/flow";
 *
 * function line({ timestamp, routineId, data }: LogEntry): string {
 *   return `${new Date(timestamp).toISOString()} ${routineId} ${JSON.stringify(data)}`;
 * }
 * ```
 */
export interface LogEntry {
  /** When it was appended, in epoch milliseconds. */
  readonly timestamp: number;
  /** The routine that appended it. */
  readonly routineId: string;
  /** The activation that appended it. */
  readonly activationId: string;
  /** The value that was appended. */
  readonly data: unknown;
}

/**
 * The numbers of a job's activations and records.
 *
 * @example How much of what is known is done
 * ```ts
 * import type { JobCounts } from "@millrace/flow";
 *
 * function done({ completed, failed, skipped, cancelled, known }: JobCounts): number {
 *   return (completed + failed + skipped + cancelled) / known;
 * }
 * ```
 */
export interface JobCounts {
  /** Activations waiting for a worker, or for their time. */
  readonly queued: number;
  /** Activations handed to a worker. */
  readonly executing: number;
  /** Activations that committed. */
  readonly completed: number;
  /** Activations that failed for good. */
  readonly failed: number;
  /** Activations that failed for good and were skipped. */
  readonly skipped: number;
  /** Activations that were dropped or stopped. */
  readonly cancelled: number;
  /** Activations known so far: all of these together, and those held back. */
  readonly known: number;
  /** Attempts that failed and were followed by another. */
  readonly retries: number;
  /** Waits for a signal that were withdrawn. */
  readonly withdrawn: number;
  /** Payloads emitted on events that nothing is connected to. */
  readonly unrouted: number;
  /** Entries of the shared log. */
  readonly logEntries: number;
  /** JobEvents so far. */
  readonly events: number;
}

/**
 * An activation that has not ended.
 *
 * @example How late an activation is
 * ```ts
 * import type { LiveActivation } from "@millrace/flow/events";
 *
 * function lateness({ state, dueAt }: LiveActivation, now = Date.now()): number {
 *   return state === "queued" ? Math.max(0, now - dueAt) : 0;
 * }
 * ```
 */
export interface LiveActivation {
  /** The activation. */
  readonly activation: Activation;
  /**
   * From when its `totalTimeout` counts, in epoch milliseconds: when it could first be executed, or began
   * anew, moved on by the time for which the clock stood still.
   */
  queuedAt: number;
  /** The state: waiting, being executed, held back until the job is resumed, or over. */
  state: "queued" | "executing" | "held" | "ended";
  /**
   * When it may be executed, or since when it could have been, in epoch milliseconds: from then its
   * `queueTimeout` counts.
   */
  dueAt: number;
  /** Since when the two clocks stand still, as its job is paused, in epoch milliseconds. */
  stoppedAt?: number | undefined;
  /** The attempt that is being executed or was the last, from 1; 0 before the first. */
  attempt: number;
  /** Number of attempts that failed and were followed by another. */
  retries: number;
  /** Number of these for each name in `onErrorOf`; absent while there are none. */
  retriesOf?: Map<string, number> | undefined;
  /** Number of attempts that ended with the loss of their worker or their process. */
  crashes: number;
  /** Number of flushes that have committed. */
  flushes: number;
  /**
   * Counts of the effects that they have committed, which the next attempt does not repeat. Absent
   * before the first flush, and where a version that did not note it has written the last.
   */
  committed?: Committed | undefined;
  /** The worker that executes it. */
  workerId: string | undefined;
}

/**
 * An activation or a wait that failed while its job went on.
 *
 * @example Errors by routine
 * ```ts
 * import type { RecordedError } from "@millrace/flow";
 *
 * function byRoutine(errors: readonly RecordedError[]): Map<string, RecordedError[]> {
 *   return Map.groupBy(errors, ({ routineId }) => routineId);
 * }
 * ```
 */
export interface RecordedError {
  /** The routine. */
  readonly routineId: string;
  /** The error that failed it. */
  readonly error: SerializedError;
}

/**
 * A signal that nobody has waited for yet.
 *
 * @example The signals that a job ignores so far
 * ```ts
 * import type { Job, PendingSignal } from "@millrace/flow/events";
 *
 * function names({ signals }: Job): string[] {
 *   return [...signals.values()].map(({ signal }: PendingSignal) => signal);
 * }
 * ```
 */
export interface PendingSignal {
  /** Its name. */
  readonly signal: string;
  /** The payload. */
  readonly payload: unknown;
}

/**
 * The state of a job, as folded from its JobEvents by `apply`; nothing else changes it. It is plain
 * data that structured clone keeps.
 *
 * @example What a store of one's own lists of a job
 * ```ts
 * import type { Job } from "@millrace/flow/events";
 * import type { JobSummary } from "@millrace/flow/store";
 *
 * function summarize({ jobId, flowId, status, createdAt, endedAt }: Job): Omit<JobSummary, "cursor"> {
 *   return { jobId, flowId, status, createdAt, endedAt };
 * }
 * ```
 */
export interface Job {
  /** The job. */
  readonly jobId: string;
  /** Its flow. */
  readonly flowId: string;
  /** When it was made, in epoch milliseconds. */
  readonly createdAt: number;
  /** When it fails if it has not ended, in epoch milliseconds. */
  deadline: number | undefined;
  /** The shared data that has been committed. */
  readonly sharedData: Map<string, unknown>;
  /** The shared log that has been committed. */
  readonly sharedLog: LogEntry[];
  /** The states of its routines, by routine id. */
  readonly routineStates: Map<string, Record<string, unknown>>;
  /** The activations that have not ended, in the order in which they were queued. */
  readonly live: Map<string, LiveActivation>;
  /** The signals that its routines wait for, by wait id. */
  readonly waits: Map<string, Wait>;
  /** Signals that nobody has waited for yet, oldest first, by the `seq` of the JobEvent. */
  readonly signals: Map<number, PendingSignal>;
  /**
   * Errors of parts that failed while it went on; and last, the one that failed it. Of more than
   * `maxErrors`, the latest are there; they are dropped some at a time, so up to a quarter more may
   * be.
   */
  readonly errors: RecordedError[];
  /** The most errors that it holds; absent for 100,000. */
  readonly maxErrors?: number | undefined;
  /** The routines that were marked as skipped. */
  readonly skippedRoutines: Set<string>;
  /** The time of its last event. A snapshot of an older version lacks it. */
  changedAt?: number | undefined;
  /** When it started. */
  startedAt: number | undefined;
  /** When it ended. */
  endedAt: number | undefined;
  /** The status. */
  status: JobStatus;
  /** `true` if it was last paused with its flow, and not by itself. */
  pausedWithFlow?: true | undefined;
  /** The outcome and the error of a job that is ending before its time. */
  stopping:
    | { readonly outcome: "failed" | "cancelled"; readonly error: SerializedError }
    | undefined;
  /** Number of events so far. */
  seq: number;
  /** Activations that are being executed. */
  executing: number;
  /** Activations that wait for a worker or for their time. */
  queued: number;
  /** Activations that committed. */
  completed: number;
  /** Activations that failed for good. */
  failed: number;
  /** Activations that failed for good and were skipped. */
  skipped: number;
  /** Activations that were dropped or stopped. */
  cancelled: number;
  /** Activations so far. */
  known: number;
  /** Attempts, and waits, that failed and were followed by another. */
  retries: number;
  /** Waits so far. */
  waited: number;
  /** Waits that were withdrawn; absent in a snapshot of a time when none could be. */
  withdrawn?: number | undefined;
  /** Payloads emitted on events that nothing is connected to. */
  unrouted: number;
}

/** A job before its first event. */
export function emptyJob(
  { jobId, flowId, at, deadline, maxErrors, createdAt = at }: Pick<
    JobStarted,
    "jobId" | "flowId" | "at" | "deadline" | "maxErrors" | "createdAt"
  >,
): Job {
  return {
    jobId,
    flowId,
    createdAt,
    deadline,
    sharedData: new Map(),
    sharedLog: [],
    routineStates: new Map(),
    live: new Map(),
    waits: new Map(),
    signals: new Map(),
    errors: [],
    ...maxErrors !== undefined && { maxErrors },
    skippedRoutines: new Set(),
    changedAt: at,
    startedAt: undefined,
    endedAt: undefined,
    status: "pending",
    stopping: undefined,
    seq: 0,
    executing: 0,
    queued: 0,
    completed: 0,
    failed: 0,
    skipped: 0,
    cancelled: 0,
    known: 0,
    retries: 0,
    waited: 0,
    withdrawn: 0,
    unrouted: 0,
  };
}

/** The most errors that a job keeps, whatever is stored of it. */
export const MAX_ERRORS = 100_000;

/** The latest errors of a job, no more than it keeps. */
export function latestErrors({ errors, maxErrors = MAX_ERRORS }: Job): readonly RecordedError[] {
  return errors.length <= maxErrors ? errors : errors.slice(errors.length - maxErrors);
}

/** Checks whether the job has ended. */
export function hasEnded(job: Job): boolean {
  return job.endedAt !== undefined;
}

/** The counts of a job. */
export function countsOf(job: Job): JobCounts {
  const { queued, executing, completed, failed, skipped, cancelled, known, retries, unrouted } =
    job;
  return {
    queued,
    executing,
    completed,
    failed,
    skipped,
    cancelled,
    known,
    retries,
    withdrawn: job.withdrawn ?? 0,
    unrouted,
    logEntries: job.sharedLog.length,
    events: job.seq,
  };
}

/** The activations of a job that are being executed. */
export function executingOf({ executing, live }: Job): LiveActivation[] {
  return executing === 0 ? [] : [...live.values()].filter(({ state }) => state === "executing");
}
