import type { SerializedError } from "../data/serialized_error.ts";
import type { Committed } from "../routine/committed.ts";
import type { FieldMap } from "../graph/references.ts";
import type { Effects } from "../routine/effects.ts";

/**
 * One payload delivered to one slot.
 *
 * @example How long an activation is put off
 * ```ts
 * import type { Activation } from "@millrace/flow/events";
 *
 * function delay({ dueAt }: Activation, now = Date.now()): number {
 *   return dueAt === undefined ? 0 : Math.max(0, dueAt - now);
 * }
 * ```
 */
export interface Activation {
  /** Its id, unique among the jobs of a flow. */
  readonly activationId: string;
  /** The routine it is delivered to. */
  readonly routineId: string;
  /** The slot it is delivered to. */
  readonly slot: string;
  /** The payload. */
  readonly payload: unknown;
  /** The activation that emitted the payload; absent where a job starts. */
  readonly from?: string | undefined;
  /** The event on which it was emitted; absent where a job starts. */
  readonly event?: string | undefined;
  /**
   * The place of its emit among those of the commit that queued it, from 0. Then its payload is that of
   * the emit, its fields renamed by `map`. Absent if it was not emitted by a commit.
   */
  readonly emit?: number | undefined;
  /** The fields that were renamed on the way, as the connection says. */
  readonly map?: FieldMap | undefined;
  /** The objects that are moved with the payload instead of being copied. */
  readonly transfer?: readonly Transferable[] | undefined;
  /** When it may be executed, in epoch milliseconds; absent for at once. */
  readonly dueAt?: number | undefined;
  /** Held back until the job is resumed. */
  readonly held?: true | undefined;
  /** The payload is absent: the store let go of it once it was not needed any more. */
  readonly dropped?: true | undefined;
}

/**
 * When and where an attempt was executed, measured in the worker.
 *
 * @example How long each worker was busy
 * ```ts
 * import type { Execution } from "@millrace/flow/events";
 *
 * const busy = new Map<string, number>();
 * function count({ workerId, startedAt, endedAt }: Execution): void {
 *   busy.set(workerId, (busy.get(workerId) ?? 0) + endedAt - startedAt);
 * }
 * ```
 */
export interface Execution {
  /** The worker. */
  readonly workerId: string;
  /** When its handler was called, in epoch milliseconds. */
  readonly startedAt: number;
  /** When its handler had ended, in epoch milliseconds. */
  readonly endedAt: number;
}

/**
 * A routine that waits for a signal from outside.
 *
 * @example Until when a signal is waited for
 * ```ts
 * import type { Wait } from "@millrace/flow/events";
 *
 * function expiresAt({ since, timeout }: Wait): number | undefined {
 *   return timeout === undefined ? undefined : since + timeout;
 * }
 * ```
 */
export interface Wait {
  /** Its id, unique in the job. */
  readonly waitId: string;
  /** The signal that it waits for. */
  readonly signal: string;
  /** The routine that waits. */
  readonly routineId: string;
  /** The slot that the signal's payload is delivered to. */
  readonly slot: string;
  /** The activation that asked. */
  readonly activationId: string;
  /** Since when, in epoch milliseconds. */
  readonly since: number;
  /** Milliseconds that it waits each time; absent for ever. */
  readonly timeout?: number | undefined;
  /** The number of the attempt to wait, from 1. */
  readonly attempt: number;
}

/**
 * The fields of every {@linkcode JobEvent}.
 *
 * @example Whether an event was missed
 * ```ts
 * import type { JobEventBase } from "@millrace/flow/events";
 *
 * function isNext(last: JobEventBase, event: JobEventBase): boolean {
 *   return event.jobId === last.jobId && event.seq === last.seq + 1;
 * }
 * ```
 */
export interface JobEventBase {
  /** The job that it happened to. */
  readonly jobId: string;
  /** Its number in the job's stream, from 1, without gaps. */
  readonly seq: number;
  /** When it happened, in epoch milliseconds. */
  readonly at: number;
}

/**
 * The fields of every JobEvent about an activation.
 *
 * @example A label for a log
 * ```ts
 * import type { ActivationEventBase } from "@millrace/flow/events";
 *
 * function label({ jobId, routineId, slot, attempt }: ActivationEventBase): string {
 *   return `${jobId} ${routineId}.${slot} #${attempt}`;
 * }
 * ```
 */
export interface ActivationEventBase extends JobEventBase {
  /** The activation. */
  readonly activationId: string;
  /** The routine it was delivered to. */
  readonly routineId: string;
  /** The slot it was delivered to. */
  readonly slot: string;
  /** The attempt, from 1; 0 before the first. */
  readonly attempt: number;
}

/**
 * A job was started, with its entry activation queued.
 *
 * @example How much time a job has
 * ```ts
 * import type { JobStarted } from "@millrace/flow/events";
 *
 * function timeGiven({ at, deadline }: JobStarted): number {
 *   return deadline === undefined ? Infinity : deadline - at;
 * }
 * ```
 */
export interface JobStarted extends JobEventBase {
  /** The kind of JobEvent. */
  readonly type: "job_started";
  /** The flow. */
  readonly flowId: string;
  /** The activation that it starts with. */
  readonly activation: Activation;
  /** When it fails if it has not ended, in epoch milliseconds; absent for never. */
  readonly deadline?: number | undefined;
  /**
   * When the job was made, in epoch milliseconds; absent for `at`. The stream of a rerun begins with that of
   * another job, which is older.
   */
  readonly createdAt?: number | undefined;
  /** The most errors that the job holds, the latest; absent for 100,000. */
  readonly maxErrors?: number | undefined;
}

/**
 * An attempt at an activation was handed to a worker.
 *
 * @example Which worker does what
 * ```ts
 * import type { ActivationStarted } from "@millrace/flow/events";
 *
 * const doing = new Map<string, string>();
 * function onStarted({ workerId, routineId, slot }: ActivationStarted): void {
 *   doing.set(workerId, `${routineId}.${slot}`);
 * }
 * ```
 */
export interface ActivationStarted extends ActivationEventBase {
  /** The kind of JobEvent. */
  readonly type: "activation_started";
  /** The worker. */
  readonly workerId: string;
}

/**
 * An activation reported its progress.
 *
 * @example Progress in percent, if that is what was reported
 * ```ts
 * import type { ActivationProgressed } from "@millrace/flow/events";
 *
 * function percent({ data }: ActivationProgressed): string | undefined {
 *   return typeof data === "number" ? `${Math.round(data * 100)} %` : undefined;
 * }
 * ```
 */
export interface ActivationProgressed extends ActivationEventBase {
  /** The kind of JobEvent. */
  readonly type: "activation_progressed";
  /** The reported data. */
  readonly data: unknown;
}

/**
 * The consequences of a commit.
 *
 * @example Finding emits that are not connected
 * ```ts
 * import type { Commit } from "@millrace/flow/events";
 *
 * function warn({ effects, unrouted }: Commit): void {
 *   if (unrouted > 0) console.warn(`${unrouted} of ${effects.emits.length} emits led nowhere`);
 * }
 * ```
 */
export interface Commit {
  /** The effects of the activation. */
  readonly effects: Effects;
  /** The activations that this led to. */
  readonly queued: readonly Activation[];
  /** The signals that its routine waits for from now on; absent when there are none. */
  readonly waits?: readonly Wait[] | undefined;
  /** Number of emits that led nowhere, as nothing is connected to their event. */
  readonly unrouted: number;
}

/**
 * An activation committed what it had done so far, and goes on.
 *
 * @example Which shared data has changed already
 * ```ts
 * import type { ActivationFlushed } from "@millrace/flow/events";
 *
 * function changedKeys({ effects }: ActivationFlushed): string[] {
 *   return effects.sharedData.map(({ key }) => key);
 * }
 * ```
 */
export interface ActivationFlushed extends ActivationEventBase, Commit {
  /** The kind of JobEvent. */
  readonly type: "activation_flushed";
  /**
   * Counts of the effects that the activation has committed so far; absent if they were not
   * recorded.
   */
  readonly committed?: Committed | undefined;
}

/**
 * An activation committed.
 *
 * @example Telling which routines are slow
 * ```ts
 * import type { ActivationCompleted } from "@millrace/flow/events";
 *
 * function onCompleted({ routineId, startedAt, endedAt }: ActivationCompleted): void {
 *   if (endedAt - startedAt > 1000) console.warn(`${routineId} took ${endedAt - startedAt} ms`);
 * }
 * ```
 */
export interface ActivationCompleted extends ActivationEventBase, Execution, Commit {
  /** The kind of JobEvent. */
  readonly type: "activation_completed";
}

/**
 * The record of an attempt that did not succeed, which has no effects.
 *
 * @example Telling a crash from an error
 * ```ts
 * import type { Failure } from "@millrace/flow/events";
 *
 * function reason({ crashed, error }: Failure): string {
 *   return crashed ? "its worker was lost" : `${error.name}: ${error.message}`;
 * }
 * ```
 */
export interface Failure extends ActivationEventBase {
  /** The error that failed it. */
  readonly error: SerializedError;
  /** When and where it was executed; absent if it never came to that. */
  readonly execution?: Execution | undefined;
  /** `true` if its worker was lost with it. */
  readonly crashed?: true | undefined;
}

/**
 * An attempt failed, and the activation is queued for another.
 *
 * @example How long until the next attempt
 * ```ts
 * import type { ActivationRetrying } from "@millrace/flow/events";
 *
 * function backoff({ at, dueAt }: ActivationRetrying): number {
 *   return Math.max(0, dueAt - at);
 * }
 * ```
 */
export interface ActivationRetrying extends Failure {
  /** The kind of JobEvent. */
  readonly type: "activation_retrying";
  /** When the next attempt may begin, in epoch milliseconds. */
  readonly dueAt: number;
  /** The name in `onErrorOf` whose retries it counts among; absent if it counts among those of `onError`. */
  readonly budget?: string | undefined;
}

/**
 * An activation failed for good. Unless it is `handled`, its job fails.
 *
 * @example Reporting what fails a job
 * ```ts
 * import type { ActivationFailed } from "@millrace/flow/events";
 *
 * function onFailed({ jobId, routineId, error, handled }: ActivationFailed): void {
 *   if (!handled) console.error(`${jobId} fails in ${routineId}: ${error.message}`);
 * }
 * ```
 */
export interface ActivationFailed extends Failure {
  /** The kind of JobEvent. */
  readonly type: "activation_failed";
  /** `true` if the job goes on. */
  readonly handled: boolean;
  /** The activations that its routine's `$error` led to. */
  readonly queued: readonly Activation[];
}

/**
 * An activation failed for good, and its routine is marked as skipped; the job goes on.
 *
 * @example Where a job goes on instead
 * ```ts
 * import type { ActivationSkipped } from "@millrace/flow/events";
 *
 * function insteadOf({ queued }: ActivationSkipped): string[] {
 *   return queued.map(({ routineId, slot }) => `${routineId}.${slot}`);
 * }
 * ```
 */
export interface ActivationSkipped extends Failure {
  /** The kind of JobEvent. */
  readonly type: "activation_skipped";
  /** The activations that the fallback and its routine's `$error` led to. */
  readonly queued: readonly Activation[];
}

/**
 * An activation was cancelled, by itself or with its job, and leaves no effects.
 *
 * @example Why an activation was cancelled
 * ```ts
 * import type { ActivationCancelled } from "@millrace/flow/events";
 *
 * function reason({ error }: ActivationCancelled): string {
 *   return error?.message ?? "its job was stopped";
 * }
 * ```
 */
export interface ActivationCancelled extends ActivationEventBase {
  /** The kind of JobEvent. */
  readonly type: "activation_cancelled";
  /** Why; absent where its job was stopped. */
  readonly error?: SerializedError | undefined;
  /** When and where it was executed; absent if it never came to that. */
  readonly execution?: Execution | undefined;
}

/**
 * A signal came from outside, and is stored until a routine waits for it.
 *
 * @example A line for an audit
 * ```ts
 * import type { SignalReceived } from "@millrace/flow/events";
 *
 * function line({ at, jobId, signal }: SignalReceived): string {
 *   return `${new Date(at).toISOString()} ${jobId} received "${signal}"`;
 * }
 * ```
 */
export interface SignalReceived extends JobEventBase {
  /** The kind of JobEvent. */
  readonly type: "signal_received";
  /** Its name. */
  readonly signal: string;
  /** The payload. */
  readonly payload: unknown;
}

/**
 * The oldest signal of a name was delivered to the routine that waited for it.
 *
 * @example Where a signal went
 * ```ts
 * import type { SignalDelivered } from "@millrace/flow/events";
 *
 * function route({ signal, activation }: SignalDelivered): string {
 *   return `${signal} -> ${activation.routineId}.${activation.slot}`;
 * }
 * ```
 */
export interface SignalDelivered extends JobEventBase {
  /** The kind of JobEvent. */
  readonly type: "signal_delivered";
  /** Its name. */
  readonly signal: string;
  /** The wait that is over. */
  readonly waitId: string;
  /** The activations that it led to. */
  readonly activation: Activation;
}

/**
 * Nobody sent the signal in time, and the routine waits once more.
 *
 * @example Reminding whoever is to send the signal
 * ```ts
 * import type { WaitRenewed } from "@millrace/flow/events";
 *
 * function reminder({ jobId, wait }: WaitRenewed): string {
 *   return `${jobId} still waits for "${wait.signal}" (attempt ${wait.attempt})`;
 * }
 * ```
 */
export interface WaitRenewed extends JobEventBase {
  /** The kind of JobEvent. */
  readonly type: "wait_renewed";
  /** The wait, as it is now. */
  readonly wait: Wait;
}

/**
 * Nobody sent the signal in time. Unless it is `handled`, the job fails.
 *
 * @example Whether a signal that did not come fails the job
 * ```ts
 * import type { WaitExpired } from "@millrace/flow/events";
 *
 * function failsJob({ handled }: WaitExpired): boolean {
 *   return handled === undefined;
 * }
 * ```
 */
export interface WaitExpired extends JobEventBase {
  /** The kind of JobEvent. */
  readonly type: "wait_expired";
  /** The wait that is over. */
  readonly waitId: string;
  /** The routine that waited. */
  readonly routineId: string;
  /** The error that says so. */
  readonly error: SerializedError;
  /** The strategy by which the job goes on; absent if it fails. */
  readonly handled: "continue" | "skip" | undefined;
  /** The activations that the fallback and its routine's `$error` led to. */
  readonly queued: readonly Activation[];
}

/**
 * A wait was withdrawn from outside: nobody is to send its signal any more. Nothing follows from it, and
 * the job's other waits go on.
 *
 * @example A line for an audit
 * ```ts
 * import type { WaitWithdrawn } from "@millrace/flow/events";
 *
 * function line({ at, jobId, wait, reason = "no reason given" }: WaitWithdrawn): string {
 *   return `${new Date(at).toISOString()} ${jobId} waits no more for "${wait.signal}": ${reason}`;
 * }
 * ```
 */
export interface WaitWithdrawn extends JobEventBase {
  /** The kind of JobEvent. */
  readonly type: "wait_withdrawn";
  /** The wait that is over. */
  readonly wait: Wait;
  /** Why, as `flow.withdraw` was given it. */
  readonly reason?: string | undefined;
}

/**
 * Nothing new of the job starts until it is resumed.
 *
 * @example Keeping which jobs are paused, and since when
 * ```ts
 * import type { JobPaused } from "@millrace/flow/events";
 *
 * const pausedSince = new Map<string, number>();
 * function onPaused({ jobId, at }: JobPaused): void {
 *   pausedSince.set(jobId, at);
 * }
 * ```
 */
export interface JobPaused extends JobEventBase {
  /** The kind of JobEvent. */
  readonly type: "job_paused";
  /** `true` if the whole flow was paused, so that the job goes on when the flow is resumed. */
  readonly withFlow?: true | undefined;
}

/**
 * The job goes on where it was paused, and what was held back for that is queued.
 *
 * @example How long a job was paused
 * ```ts
 * import type { JobPaused, JobResumed } from "@millrace/flow/events";
 *
 * function pausedFor(paused: JobPaused, resumed: JobResumed): number {
 *   return resumed.at - paused.at;
 * }
 * ```
 */
export interface JobResumed extends JobEventBase {
  /** The kind of JobEvent. */
  readonly type: "job_resumed";
}

/**
 * The process that ran the job is gone, and another goes on: what it had begun is queued again.
 *
 * @example Telling a recovery from a fresh beginning
 * ```ts
 * import type { JobRecovered } from "@millrace/flow/events";
 *
 * function line({ jobId, fresh }: JobRecovered): string {
 *   return fresh ? `${jobId} begins anew what is queued` : `${jobId} goes on`;
 * }
 * ```
 */
export interface JobRecovered extends JobEventBase {
  /** The kind of JobEvent. */
  readonly type: "job_recovered";
  /** `true` if the job and all that is queued or held begin anew, with all attempts and at once. */
  readonly fresh?: true | undefined;
  /**
   * `true` if the process died: what it executed counts one crash more, and is executed by another
   * attempt. Absent where nothing was executed, or a flow that was closed had left the job.
   */
  readonly lost?: true | undefined;
  /** For how long no process ran the job, in milliseconds, where that does not count for its timeouts. */
  readonly outage?: number | undefined;
}

/**
 * The store could not be written for a while, which does not count for the job's timeouts.
 *
 * @example How long jobs could not get on
 * ```ts
 * import type { JobStalled } from "@millrace/flow/events";
 *
 * let stalled = 0;
 * function onStalled({ outage }: JobStalled): void {
 *   stalled = Math.max(stalled, outage);
 * }
 * ```
 */
export interface JobStalled extends JobEventBase {
  /** The kind of JobEvent. */
  readonly type: "job_stalled";
  /** For how long, in milliseconds. */
  readonly outage: number;
}

/**
 * The flow was closed, and left the job to a later process. What was executed was stopped, left no
 * effects, and is queued again as the same attempt.
 *
 * @example Telling which jobs a deployment interrupted
 * ```ts
 * import type { JobEvent } from "@millrace/flow";
 *
 * const interrupted = new Set<string>();
 * function onEvent({ type, jobId }: JobEvent): void {
 *   if (type === "job_left") interrupted.add(jobId);
 * }
 * ```
 */
export interface JobLeft extends JobEventBase {
  /** The kind of JobEvent. */
  readonly type: "job_left";
}

/**
 * The job is to end before its time: what was queued is dropped, what executes is asked to stop.
 *
 * @example Why a job stops
 * ```ts
 * import type { JobStopping } from "@millrace/flow/events";
 *
 * function reason({ outcome, error }: JobStopping): string {
 *   return outcome === "cancelled" ? "cancelled" : `${error.name}: ${error.message}`;
 * }
 * ```
 */
export interface JobStopping extends JobEventBase {
  /** The kind of JobEvent. */
  readonly type: "job_stopping";
  /** The outcome of the job. */
  readonly outcome: "failed" | "cancelled";
  /** Why. */
  readonly error: SerializedError;
}

/**
 * The job ended: nothing of it is queued, executing or waiting.
 *
 * @example Counting jobs by how they ended
 * ```ts
 * import type { JobEnded } from "@millrace/flow/events";
 *
 * const ended = { job_completed: 0, job_failed: 0, job_cancelled: 0 };
 * function onEnded({ type }: JobEnded): void {
 *   ended[type]++;
 * }
 * ```
 */
export interface JobEnded extends JobEventBase {
  /** The kind of JobEvent. */
  readonly type: "job_completed" | "job_failed" | "job_cancelled";
}

/**
 * One thing that happened to a job. A JobState is the fold of its JobEvents.
 *
 * @example Following how far long activations are
 * ```ts
 * import type { JobEvent } from "@millrace/flow";
 *
 * function onEvent(event: JobEvent): void {
 *   if (event.type === "activation_progressed") console.log(event.routineId, event.data);
 *   if (event.type === "activation_failed") console.error(event.error.message);
 * }
 * onEvent({ type: "job_completed", jobId: "job_1", seq: 9, at: Date.now() }); // says nothing
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
  | JobPaused
  | JobResumed
  | JobRecovered
  | JobLeft
  | JobStalled
  | JobStopping
  | JobEnded;
