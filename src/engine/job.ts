// The state of a job that the engine folds, and its public counts. It is plain data, so that a store can
// persist it as a snapshot.

import type { SerializedError } from "../data/serialized_error.ts";
import type { Committed } from "../routine/committed.ts";
import type { Activation, FeedEntry, JobStarted, Wait } from "./job_event.ts";

/**
 * The state of a job: the fold of its JobEvents by `apply`, the only code that changes it. It is plain data
 * that structured clone preserves.
 *
 * @example The summary of a job in a custom store
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
  /** The time at which it was created, in epoch milliseconds. */
  readonly createdAt: number;
  /** The time at which the job fails unless it has ended, in epoch milliseconds. */
  deadline: number | undefined;
  /** The shared data that has been committed. */
  readonly sharedData: Map<string, unknown>;
  /** The shared log that has been committed. */
  readonly sharedLog: LogEntry[];
  /** The states of its routines, by routine id; absent while there are none. */
  routineStates: Map<string, Record<string, unknown>> | undefined;
  /** The activations that have not ended, in the order in which they were queued. */
  readonly live: Map<string, LiveActivation>;
  /** The signals that its routines wait for, by wait id; absent until there was one. */
  waits: Map<string, Wait> | undefined;
  /**
   * Signals that no routine has waited for yet, oldest first, by the `seq` of their JobEvent; those from a
   * snapshot of an older version by numbers below 0. Absent until there was one.
   */
  signals: Map<number, PendingSignal> | undefined;
  /**
   * Errors of activations and waits that failed while the job went on; the last may be the error that failed
   * the job. Beyond `maxErrors`, the oldest are dropped in batches, so that there can be up to a quarter
   * more.
   */
  readonly errors: RecordedError[];
  /** The priority among the jobs of its flow; absent for 0. */
  readonly priority?: number | undefined;
  /** The group of the job, which takes turns with other groups; absent for that of all jobs without one. */
  readonly group?: string | undefined;
  /** The maximum number of errors that it holds; absent for 100,000. */
  readonly maxErrors?: number | undefined;
  /** The feed of the job; absent if the job has a first activation instead. */
  readonly feed?: JobFeed | undefined;
  /** The routines that were marked as skipped; absent while there are none. */
  skippedRoutines: Set<string> | undefined;
  /** The time of its last event. A snapshot of an older version lacks it. */
  changedAt?: number | undefined;
  /** The time at which it started, in epoch milliseconds. */
  startedAt: number | undefined;
  /** The time at which it ended, in epoch milliseconds. */
  endedAt: number | undefined;
  /** The status. */
  status: JobStatus;
  /** `true` if the job was paused with its flow, and not on its own. */
  pausedWithFlow?: true | undefined;
  /** The outcome and the error of a job that is stopping. */
  stopping:
    | { readonly outcome: "failed" | "cancelled"; readonly error: SerializedError }
    | undefined;
  /** The number of events so far. */
  seq: number;
  /** Activations that are being executed. */
  executing: number;
  /** Activations that wait for a worker, or for a time. */
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
  /** Waits that were withdrawn; absent in a snapshot of an older version, which could not withdraw waits. */
  withdrawn?: number | undefined;
  /** Payloads emitted on events that nothing is connected to. */
  unrouted: number;
}

/**
 * The status of a job. A job has ended if it is `"completed"`, `"failed"` or `"cancelled"`.
 *
 * @example Checking for the end of a job
 * ```ts
 * import type { JobStatus } from "@millrace/flow";
 *
 * const ends: readonly JobStatus[] = ["completed", "failed", "cancelled"];
 * const hasEnded = (status: JobStatus): boolean => ends.includes(status);
 * console.log(hasEnded("paused")); // false
 * ```
 */
export type JobStatus = "pending" | "running" | "paused" | "completed" | "failed" | "cancelled";

/** An entry of a job's shared log. */
export interface LogEntry {
  /** The time at which it was appended, in epoch milliseconds. */
  readonly timestamp: number;
  /** The routine that appended it. */
  readonly routineId: string;
  /** The activation that appended it. */
  readonly activationId: string;
  /** The value that was appended. */
  readonly data: unknown;
}

/** The numbers of a job's activations and records. */
export interface JobCounts {
  /** Activations that wait for a worker, or for a time. */
  readonly queued: number;
  /** Activations that a worker executes. */
  readonly executing: number;
  /** Activations that committed. */
  readonly completed: number;
  /** Activations that failed for good. */
  readonly failed: number;
  /** Activations that failed for good and were skipped. */
  readonly skipped: number;
  /** Activations that were dropped or stopped. */
  readonly cancelled: number;
  /** Activations so far: the sum of the above, and those that are held back. */
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

/** An activation that has not ended. */
export interface LiveActivation {
  /** The activation. */
  readonly activation: Activation;
  /**
   * The start of its `totalTimeout`, in epoch milliseconds: the time at which it could first be executed, or
   * at which it was reset, plus the time during which the clock was stopped.
   */
  queuedAt: number;
  /** The state: waiting, executing, held back until the job is resumed, or ended. */
  state: "queued" | "executing" | "held" | "ended";
  /** The time from which it may be executed, in epoch milliseconds. Its `queueTimeout` counts from then. */
  dueAt: number;
  /** The time at which both clocks were stopped because its job was paused, in epoch milliseconds. */
  stoppedAt?: number | undefined;
  /** The current or last attempt, from 1; 0 before the first. */
  attempt: number;
  /** Number of attempts that failed and were followed by another. */
  retries: number;
  /** The number of these retries for each name in `onErrorOf`; absent while there are none. */
  retriesOf?: Map<string, number> | undefined;
  /** Number of attempts that ended with the loss of their worker or their process. */
  crashes: number;
  /** Number of flushes that have committed. */
  flushes: number;
  /**
   * Counts of the effects that the flushes have committed, which are left out of the next attempt. Absent
   * before the first flush, and if an older version, which did not record them, wrote the last flush.
   */
  committed?: Committed | undefined;
  /** The worker that executes it. */
  workerId: string | undefined;
}

/** The feed of a job. */
export interface JobFeed extends FeedEntry {
  /** The number of items that were taken so far. */
  taken: number;
  /** `true` if no more items follow: the source has ended, or the job is stopping. */
  hasEnded: boolean;
}

/** An activation or a wait that failed while its job went on. */
export interface RecordedError {
  /** The routine. */
  readonly routineId: string;
  /** The error that failed it. */
  readonly error: SerializedError;
}

/** A signal that no routine has waited for yet. */
export interface PendingSignal {
  /** Its name. */
  readonly signal: string;
  /** The payload. */
  readonly payload: unknown;
}

/** Returns the state of a job before its first event. */
export function emptyJob(
  { jobId, flowId, at, deadline, priority, group, maxErrors, feed, createdAt = at }: Omit<
    JobStarted,
    "type" | "seq" | "activation" | "pending"
  >,
): Job {
  return {
    jobId,
    flowId,
    createdAt,
    deadline,
    sharedData: new Map(),
    sharedLog: [],
    // A map or a set takes two hundred bytes even if it is empty, and most jobs do not need these.
    routineStates: undefined,
    live: new Map(),
    waits: undefined,
    signals: undefined,
    errors: [],
    ...priority !== undefined && { priority },
    ...group !== undefined && { group },
    ...maxErrors !== undefined && { maxErrors },
    ...feed !== undefined && { feed: { ...feed, taken: 0, hasEnded: false } },
    skippedRoutines: undefined,
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

/** The maximum number of errors that a job holds, regardless of its retention in the store. */
export const MAX_ERRORS = 100_000;

/** Returns the latest errors of a job, at most its maximum. */
export function latestErrors({ errors, maxErrors = MAX_ERRORS }: Job): readonly RecordedError[] {
  return errors.length <= maxErrors ? errors : errors.slice(errors.length - maxErrors);
}

/** Returns the waits of a job by id. */
export function waitsOf({ waits }: Job): ReadonlyMap<string, Wait> {
  return waits ?? NO_WAITS;
}

const NO_WAITS: ReadonlyMap<string, Wait> = new Map();

/** Checks whether the job has ended. */
export function hasEnded(job: Job): boolean {
  return job.endedAt !== undefined;
}

/** Checks whether more items of a feed may follow. */
export function hasOpenFeed({ feed }: Job): boolean {
  return feed?.hasEnded === false;
}

/** Returns the counts of a job. */
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

/** Returns the activations of a job that are executing. */
export function executingOf({ executing, live }: Job): LiveActivation[] {
  return executing === 0 ? [] : [...live.values()].filter(({ state }) => state === "executing");
}
