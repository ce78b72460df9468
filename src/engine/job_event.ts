// The types of JobEvents: all changes to a job, in its stream. `event_table.ts` has an entry for each type,
// `apply.ts` folds the events, `history_of.ts` derives the history from them, and `store/event_encoding.ts`
// encodes them.

import type { SerializedError } from "../data/serialized_error.ts";
import type { Committed } from "../routine/committed.ts";
import type { FinalStrategy } from "../graph/policy.ts";
import type { FieldMap } from "../graph/references.ts";
import type { Effects } from "../routine/effects.ts";

/**
 * A change to a job. A JobState is the fold of its JobEvents.
 *
 * @example Following the progress of long activations
 * ```ts
 * import type { JobEvent } from "@millrace/flow";
 *
 * function onEvent(event: JobEvent): void {
 *   if (event.type === "activation_progressed") console.log(event.routineId, event.data);
 *   if (event.type === "activation_failed") console.error(event.error.message);
 * }
 * onEvent({ type: "job_completed", jobId: "job_1", seq: 9, at: Date.now() }); // prints nothing
 * ```
 */
export type JobEvent =
  | JobStarted
  | ActivationStarted
  | ActivationProgressed
  | ActivationFlushed
  | ActivationCompleted
  | ActivationRetrying
  | ActivationFailed
  | ActivationSkipped
  | ActivationCancelled
  | SignalReceived
  | SignalDelivered
  | WaitRenewed
  | WaitExpired
  | WaitWithdrawn
  | FeedTaken
  | FeedEnded
  | JobPaused
  | JobResumed
  | JobRecovered
  | JobLeft
  | JobStalled
  | JobStopping
  | JobEnded;

/** One payload delivered to one slot. */
export interface Activation {
  /** Its id, unique among the jobs of a flow. */
  readonly activationId: string;
  /** The routine to which it is delivered. */
  readonly routineId: string;
  /** The slot to which it is delivered. */
  readonly slot: string;
  /** The payload. */
  readonly payload: unknown;
  /** The activation that emitted the payload; absent for the first activation of a job, and for one of a feed. */
  readonly from?: string | undefined;
  /** The event on which the payload was emitted; absent for the first activation of a job, and for one of a feed. */
  readonly event?: string | undefined;
  /**
   * The index of its emit among the emits of the commit that queued it, from 0. Its payload is that of the
   * emit, with fields renamed by `map`. Absent if the payload was not emitted by a commit.
   */
  readonly emit?: number | undefined;
  /** The fields that the connection renames. */
  readonly map?: FieldMap | undefined;
  /** The objects that are moved with the payload instead of being copied. */
  readonly transfer?: readonly Transferable[] | undefined;
  /** The time from which it may be executed, in epoch milliseconds; absent for at once. */
  readonly dueAt?: number | undefined;
  /** `true` if it is held back until the job is resumed. */
  readonly held?: true | undefined;
  /** `true` if the payload is absent, because the store dropped it once it was no longer needed. */
  readonly dropped?: true | undefined;
}

/** The time and the worker of an attempt, measured in the worker. */
export interface Execution {
  /** The worker. */
  readonly workerId: string;
  /** The time at which its handler was called, in epoch milliseconds. */
  readonly startedAt: number;
  /** The time at which its handler had ended, in epoch milliseconds. */
  readonly endedAt: number;
}

/** A routine that waits for a signal from outside. */
export interface Wait {
  /** Its id, unique in the job. */
  readonly waitId: string;
  /** The signal that it waits for. */
  readonly signal: string;
  /** The routine that waits. */
  readonly routineId: string;
  /** The slot that the signal's payload is delivered to. */
  readonly slot: string;
  /** The activation that called `ctx.waitFor`. */
  readonly activationId: string;
  /** The start of the wait, in epoch milliseconds. */
  readonly since: number;
  /** The timeout of each attempt to wait, in milliseconds; absent for none. */
  readonly timeout?: number | undefined;
  /** The number of the attempt to wait, from 1. */
  readonly attempt: number;
}

/**
 * The fields of every {@linkcode JobEvent}.
 */
export interface JobEventBase {
  /** The job that it happened to. */
  readonly jobId: string;
  /** Its number in the job's stream, from 1, without gaps. */
  readonly seq: number;
  /** The time at which it happened, in epoch milliseconds. */
  readonly at: number;
}

/** The fields of every JobEvent about an activation. */
export interface ActivationEventBase extends JobEventBase {
  /** The activation. */
  readonly activationId: string;
  /** The routine to which it was delivered. */
  readonly routineId: string;
  /** The slot to which it was delivered. */
  readonly slot: string;
  /** The attempt, from 1; 0 before the first. */
  readonly attempt: number;
}

/** The slot to which a feed delivers its items. */
export interface FeedEntry {
  /** The routine. */
  readonly routineId: string;
  /** Its slot. */
  readonly slot: string;
}

/** A job was started, with its entry activation queued, or with a feed that queues activations from now on. */
export interface JobStarted extends JobEventBase {
  /** The kind of JobEvent. */
  readonly type: "job_started";
  /** The flow. */
  readonly flowId: string;
  /** The first activation of the job; absent if the job is fed. */
  readonly activation?: Activation | undefined;
  /** The slot to which the job is fed; absent if it has a first activation. */
  readonly feed?: FeedEntry | undefined;
  /** The time at which the job fails unless it has ended, in epoch milliseconds; absent for never. */
  readonly deadline?: number | undefined;
  /**
   * The time at which the job was created, in epoch milliseconds; absent for `at`. They differ in a rerun,
   * whose stream begins with the events of an older job.
   */
  readonly createdAt?: number | undefined;
  /** `true` if the job is pending until it is its turn, as `maxJobs` others run. */
  readonly pending?: true | undefined;
  /** The priority of the job among the jobs of its flow; absent for 0. */
  readonly priority?: number | undefined;
  /** The group of the job, which takes turns with other groups; absent for that of all jobs without one. */
  readonly group?: string | undefined;
  /** The maximum number of errors that the job holds, of which the latest stay; absent for 100,000. */
  readonly maxErrors?: number | undefined;
}

/** An attempt at an activation was handed to a worker. */
export interface ActivationStarted extends ActivationEventBase {
  /** The kind of JobEvent. */
  readonly type: "activation_started";
  /** The worker. */
  readonly workerId: string;
  /** The count of the attempt; absent if its routine has no rate, or the store does not record counts. */
  readonly counted?: Counted | undefined;
}

/** The start of an attempt that counts to the `rate` of its routine. */
export interface Counted {
  /** The key that it counts to; `""` if the routine has no `limitBy`. */
  readonly key: string;
  /** The time until which it counts, in epoch milliseconds. */
  readonly until: number;
}

/** An activation reported its progress. */
export interface ActivationProgressed extends ActivationEventBase {
  /** The kind of JobEvent. */
  readonly type: "activation_progressed";
  /** The reported data. */
  readonly data: unknown;
}

/** The consequences of a commit. */
export interface Commit {
  /** The effects of the activation. */
  readonly effects: Effects;
  /** The activations that were queued for the emits. */
  readonly queued: readonly Activation[];
  /** The signals that its routine waits for from now on; absent when there are none. */
  readonly waits?: readonly Wait[] | undefined;
  /** The number of emits without a receiver, as no slot is connected to their event. */
  readonly unrouted: number;
}

/** An activation committed its effects so far, and goes on. */
export interface ActivationFlushed extends ActivationEventBase, Commit {
  /** The kind of JobEvent. */
  readonly type: "activation_flushed";
  /**
   * Counts of the effects that the activation has committed so far; absent if they were not
   * recorded.
   */
  readonly committed?: Committed | undefined;
}

/** An activation ended without an error, and committed. */
export interface ActivationCompleted extends ActivationEventBase, Execution, Commit {
  /** The kind of JobEvent. */
  readonly type: "activation_completed";
}

/** The common fields of the events of a failed attempt, which has no effects. */
export interface Failure extends ActivationEventBase {
  /** The error that failed it. */
  readonly error: SerializedError;
  /** The time and the worker of the attempt; absent if it was never executed. */
  readonly execution?: Execution | undefined;
  /** `true` if the worker was lost during the attempt. */
  readonly crashed?: true | undefined;
}

/** An attempt failed, and the activation is queued for another one. */
export interface ActivationRetrying extends Failure {
  /** The kind of JobEvent. */
  readonly type: "activation_retrying";
  /** The time from which the next attempt may begin, in epoch milliseconds. */
  readonly dueAt: number;
  /** The name in `onErrorOf` to whose retries this one counts; absent if it counts to those of `onError`. */
  readonly budget?: string | undefined;
}

/** An activation failed for good. Unless it is `handled`, its job fails. */
export interface ActivationFailed extends Failure {
  /** The kind of JobEvent. */
  readonly type: "activation_failed";
  /** `true` if the job goes on. */
  readonly handled: boolean;
  /** The activations that were queued by the routine's `$error`. */
  readonly queued: readonly Activation[];
}

/** An activation failed for good, and its routine is marked as skipped; the job goes on. */
export interface ActivationSkipped extends Failure {
  /** The kind of JobEvent. */
  readonly type: "activation_skipped";
  /** The activations that were queued by the fallback and the routine's `$error`. */
  readonly queued: readonly Activation[];
}

/** An activation was cancelled, on its own or with its job, and leaves no effects. */
export interface ActivationCancelled extends ActivationEventBase {
  /** The kind of JobEvent. */
  readonly type: "activation_cancelled";
  /** The reason; absent if the activation was cancelled with its job. */
  readonly error?: SerializedError | undefined;
  /** The time and the worker of the attempt; absent if it was never executed. */
  readonly execution?: Execution | undefined;
}

/** A signal was sent with `flow.signal`, and is stored until a routine waits for it. */
export interface SignalReceived extends JobEventBase {
  /** The kind of JobEvent. */
  readonly type: "signal_received";
  /** Its name. */
  readonly signal: string;
  /** The payload. */
  readonly payload: unknown;
}

/** The oldest signal of a name was delivered to the routine that waited for it. */
export interface SignalDelivered extends JobEventBase {
  /** The kind of JobEvent. */
  readonly type: "signal_delivered";
  /** Its name. */
  readonly signal: string;
  /** The number of the JobEvent with which the signal was received; absent in older journals. */
  readonly received?: number | undefined;
  /** The wait that this ended. */
  readonly waitId: string;
  /** The activation that the payload was delivered to. */
  readonly activation: Activation;
}

/** A signal was not sent in time, and the routine waits again. */
export interface WaitRenewed extends JobEventBase {
  /** The kind of JobEvent. */
  readonly type: "wait_renewed";
  /** The wait in its new state. */
  readonly wait: Wait;
}

/** A signal was not sent in time. The job fails unless the expiry is `handled`. */
export interface WaitExpired extends JobEventBase {
  /** The kind of JobEvent. */
  readonly type: "wait_expired";
  /** The wait that this ended. */
  readonly waitId: string;
  /** The routine that waited. */
  readonly routineId: string;
  /** The error with which the wait failed. */
  readonly error: SerializedError;
  /** The strategy by which the job goes on; absent if it fails. */
  readonly handled: Exclude<FinalStrategy, "stop" | object> | undefined;
  /** The activations that were queued by the fallback and the routine's `$error`. */
  readonly queued: readonly Activation[];
}

/**
 * A wait was withdrawn with `flow.withdraw`. The routine's policy is not applied, and the other waits of the
 * job go on.
 */
export interface WaitWithdrawn extends JobEventBase {
  /** The kind of JobEvent. */
  readonly type: "wait_withdrawn";
  /** The wait that this ended. */
  readonly wait: Wait;
  /** The reason that was passed to `flow.withdraw`. */
  readonly reason?: string | undefined;
}

/** Items of the feed of a job were taken, and queued as activations. */
export interface FeedTaken extends JobEventBase {
  /** The kind of JobEvent. */
  readonly type: "feed_taken";
  /** The activations, one for each item, in order. */
  readonly queued: readonly Activation[];
  /** The number of items that were taken so far, with these. */
  readonly taken: number;
}

/** The feed of a job has ended: no more items follow. */
export interface FeedEnded extends JobEventBase {
  /** The kind of JobEvent. */
  readonly type: "feed_ended";
}

/** The job was paused: no activation of it begins until it is resumed. */
export interface JobPaused extends JobEventBase {
  /** The kind of JobEvent. */
  readonly type: "job_paused";
  /** `true` if the whole flow was paused, so that the job goes on when the flow is resumed. */
  readonly withFlow?: true | undefined;
}

/** The job was resumed. Activations that were held back for that are queued. */
export interface JobResumed extends JobEventBase {
  /** The kind of JobEvent. */
  readonly type: "job_resumed";
}

/** Another process took over the job. Activations that the earlier process had begun are queued again. */
export interface JobRecovered extends JobEventBase {
  /** The kind of JobEvent. */
  readonly type: "job_recovered";
  /**
   * `true` if the job starts afresh: its queued and held activations have all their attempts again, and no
   * delay.
   */
  readonly fresh?: true | undefined;
  /**
   * The new deadline of a rerun job, in epoch milliseconds: the job fails at that time unless it has ended.
   * If absent, the deadline of `job_started` applies, if there is one.
   */
  readonly deadline?: number | undefined;
  /**
   * `true` if the process died while it executed activations of the job. Each of them counts one more crash
   * and is executed by another attempt. Absent if none was executing, or if the flow was closed before.
   */
  readonly lost?: true | undefined;
  /** The time during which no process ran the job, in milliseconds, if it is excluded from the timeouts. */
  readonly outage?: number | undefined;
}

/** The store could not be written for a time, which is excluded from the job's timeouts. */
export interface JobStalled extends JobEventBase {
  /** The kind of JobEvent. */
  readonly type: "job_stalled";
  /** The length of the outage, in milliseconds. */
  readonly outage: number;
}

/**
 * The flow was closed, and left the job to a later process. Executing activations were stopped without
 * effects, and are queued again as the same attempt.
 */
export interface JobLeft extends JobEventBase {
  /** The kind of JobEvent. */
  readonly type: "job_left";
}

/**
 * The job is stopping because it failed or was cancelled: queued activations are dropped, and executing ones
 * are asked to stop.
 */
export interface JobStopping extends JobEventBase {
  /** The kind of JobEvent. */
  readonly type: "job_stopping";
  /** The outcome of the job. */
  readonly outcome: "failed" | "cancelled";
  /** The error, or the reason for the cancellation. */
  readonly error: SerializedError;
}

/** The job ended: none of its activations is queued or executing, no routine waits, and its feed has ended. */
export interface JobEnded extends JobEventBase {
  /** The kind of JobEvent. */
  readonly type: "job_completed" | "job_failed" | "job_cancelled";
}
