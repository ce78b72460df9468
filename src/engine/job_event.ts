import type { SerializedError } from "../data/serialized_error.ts";
import type { Effects } from "../routine/effects.ts";

/** One payload delivered to one slot. */
export interface Activation {
  /** Its id, unique among the jobs of a flow. */
  readonly activationId: string;
  /** The routine it is delivered to. */
  readonly routineId: string;
  /** The slot it is delivered to. */
  readonly slot: string;
  /** What is delivered. */
  readonly payload: unknown;
  /** The activation that emitted the payload; absent where a job starts. */
  readonly from?: string | undefined;
  /** The event on which it was emitted; absent where a job starts. */
  readonly event?: string | undefined;
  /** What is moved with the payload instead of being copied. */
  readonly transfer?: readonly Transferable[] | undefined;
  /** When it may be executed, in epoch milliseconds; absent for at once. */
  readonly dueAt?: number | undefined;
  /** Held back until the job is resumed. */
  readonly held?: true | undefined;
}

/** When and where an attempt was executed, measured in the worker. */
export interface Execution {
  /** The worker. */
  readonly workerId: string;
  /** When its handler was called, in epoch milliseconds. */
  readonly startedAt: number;
  /** When its handler had ended, in epoch milliseconds. */
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
  /** The activation that asked. */
  readonly activationId: string;
  /** Since when, in epoch milliseconds. */
  readonly since: number;
  /** How long it waits each time, in milliseconds; absent for ever. */
  readonly timeout?: number | undefined;
  /** How often it was waited for, from 1. */
  readonly attempt: number;
}

/** What every {@linkcode JobEvent} has. */
export interface JobEventBase {
  /** The job that it happened to. */
  readonly jobId: string;
  /** Its number in the job's stream, from 1, without gaps. */
  readonly seq: number;
  /** When it happened, in epoch milliseconds. */
  readonly at: number;
}

/** What every JobEvent about an activation has. */
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

/** A job was started, with its entry activation queued. */
export interface JobStarted extends JobEventBase {
  /** The kind of JobEvent. */
  readonly type: "job_started";
  /** The flow. */
  readonly flowId: string;
  /** The activation that it starts with. */
  readonly activation: Activation;
  /** When it fails if it has not ended, in epoch milliseconds; absent for never. */
  readonly deadline?: number | undefined;
}

/** An attempt at an activation was handed to a worker. */
export interface ActivationStarted extends ActivationEventBase {
  /** The kind of JobEvent. */
  readonly type: "activation_started";
  /** The worker. */
  readonly workerId: string;
}

/** An activation told how far it is. */
export interface ActivationProgressed extends ActivationEventBase {
  /** The kind of JobEvent. */
  readonly type: "activation_progressed";
  /** What it told. */
  readonly data: unknown;
}

/** What a commit leads to. */
export interface Commit {
  /** What the activation had done. */
  readonly effects: Effects;
  /** The activations that this led to. */
  readonly queued: readonly Activation[];
  /** The signals that its routine waits for from now on; absent when there are none. */
  readonly waits?: readonly Wait[] | undefined;
  /** How many emits led nowhere, as nothing is connected to their event. */
  readonly unrouted: number;
}

/** An activation committed what it had done so far, and goes on. */
export interface ActivationFlushed extends ActivationEventBase, Commit {
  /** The kind of JobEvent. */
  readonly type: "activation_flushed";
}

/** An activation committed. */
export interface ActivationCompleted extends ActivationEventBase, Execution, Commit {
  /** The kind of JobEvent. */
  readonly type: "activation_completed";
}

/** What an attempt that did not succeed leaves: no effects, only this. */
export interface Failure extends ActivationEventBase {
  /** What failed it. */
  readonly error: SerializedError;
  /** When and where it was executed; absent if it never came to that. */
  readonly execution?: Execution | undefined;
  /** Whether its worker was lost with it. */
  readonly crashed?: true | undefined;
}

/** An attempt failed, and the activation is queued for another. */
export interface ActivationRetrying extends Failure {
  /** The kind of JobEvent. */
  readonly type: "activation_retrying";
  /** When the next attempt may begin, in epoch milliseconds. */
  readonly dueAt: number;
}

/** An activation failed for good. Unless it is `handled`, its job fails. */
export interface ActivationFailed extends Failure {
  /** The kind of JobEvent. */
  readonly type: "activation_failed";
  /** Whether the job goes on. */
  readonly handled: boolean;
  /** What its routine's `$error` led to. */
  readonly queued: readonly Activation[];
}

/** An activation failed for good, and its routine is marked as skipped; the job goes on. */
export interface ActivationSkipped extends Failure {
  /** The kind of JobEvent. */
  readonly type: "activation_skipped";
  /** What the fallback and its routine's `$error` led to. */
  readonly queued: readonly Activation[];
}

/** An activation was cancelled, by itself or with its job, and leaves no effects. */
export interface ActivationCancelled extends ActivationEventBase {
  /** The kind of JobEvent. */
  readonly type: "activation_cancelled";
  /** Why; absent where its job was stopped. */
  readonly error?: SerializedError | undefined;
  /** When and where it was executed; absent if it never came to that. */
  readonly execution?: Execution | undefined;
}

/** A signal came from outside, and is kept until a routine waits for it. */
export interface SignalReceived extends JobEventBase {
  /** The kind of JobEvent. */
  readonly type: "signal_received";
  /** Its name. */
  readonly signal: string;
  /** What came with it. */
  readonly payload: unknown;
}

/** The oldest signal of a name was delivered to the routine that waited for it. */
export interface SignalDelivered extends JobEventBase {
  /** The kind of JobEvent. */
  readonly type: "signal_delivered";
  /** Its name. */
  readonly signal: string;
  /** The wait that is over. */
  readonly waitId: string;
  /** What it led to. */
  readonly activation: Activation;
}

/** Nobody sent the signal in time, and the routine waits once more. */
export interface WaitRenewed extends JobEventBase {
  /** The kind of JobEvent. */
  readonly type: "wait_renewed";
  /** The wait, as it is now. */
  readonly wait: Wait;
}

/** Nobody sent the signal in time. Unless it is `handled`, the job fails. */
export interface WaitExpired extends JobEventBase {
  /** The kind of JobEvent. */
  readonly type: "wait_expired";
  /** The wait that is over. */
  readonly waitId: string;
  /** The routine that waited. */
  readonly routineId: string;
  /** The error that says so. */
  readonly error: SerializedError;
  /** Whether the job goes on, and its routine is marked as skipped. */
  readonly handled: "continue" | "skip" | undefined;
  /** What the fallback and its routine's `$error` led to. */
  readonly queued: readonly Activation[];
}

/** Nothing new of the job starts until it is resumed. */
export interface JobPaused extends JobEventBase {
  /** The kind of JobEvent. */
  readonly type: "job_paused";
}

/** The job goes on where it was paused, and what was held back for that is queued. */
export interface JobResumed extends JobEventBase {
  /** The kind of JobEvent. */
  readonly type: "job_resumed";
}

/** The process that ran the job is gone, and another goes on: what it had begun is queued again. */
export interface JobRecovered extends JobEventBase {
  /** The kind of JobEvent. */
  readonly type: "job_recovered";
  /** Whether what is queued begins anew, with all its attempts and at once. */
  readonly fresh?: true | undefined;
}

/** The job is to end before its time: what was queued is dropped, what executes is told to stop. */
export interface JobStopping extends JobEventBase {
  /** The kind of JobEvent. */
  readonly type: "job_stopping";
  /** How the job will end. */
  readonly outcome: "failed" | "cancelled";
  /** Why. */
  readonly error: SerializedError;
}

/** The job ended: nothing of it is queued, executing or waiting. */
export interface JobEnded extends JobEventBase {
  /** The kind of JobEvent. */
  readonly type: "job_completed" | "job_failed" | "job_cancelled";
}

/**
 * One thing that happened to a job. A JobState is the fold of its JobEvents.
 *
 * @example Following how far long activations are
 * ```ts
 * import { type JobEvent } from "@millrace/flow";
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
  | JobPaused
  | JobResumed
  | JobRecovered
  | JobStopping
  | JobEnded;
