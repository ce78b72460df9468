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
  /** The attempt, from 1. */
  readonly attempt: number;
}

/** A job was started, with its entry activation queued. */
export interface JobStarted extends JobEventBase {
  /** The kind of JobEvent. */
  readonly type: "job_started";
  /** The flow. */
  readonly flowId: string;
  /** The entry activation. */
  readonly activation: Activation;
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

/** An activation committed what it had done so far, and goes on. */
export interface ActivationFlushed extends ActivationEventBase {
  /** The kind of JobEvent. */
  readonly type: "activation_flushed";
  /** What it had done. */
  readonly effects: Effects;
  /** The activations that this led to. */
  readonly queued: readonly Activation[];
  /** How many emits led nowhere, as nothing is connected to their event. */
  readonly unrouted: number;
}

/** An activation committed. */
export interface ActivationCompleted extends ActivationEventBase, Execution {
  /** The kind of JobEvent. */
  readonly type: "activation_completed";
  /** What it had done. */
  readonly effects: Effects;
  /** The activations that this led to. */
  readonly queued: readonly Activation[];
  /** How many emits led nowhere, as nothing is connected to their event. */
  readonly unrouted: number;
}

/** An activation failed, with none of its effects. */
export interface ActivationFailed extends ActivationEventBase {
  /** The kind of JobEvent. */
  readonly type: "activation_failed";
  /** What failed it. */
  readonly error: SerializedError;
  /** When and where it was executed; absent if it never came to that. */
  readonly execution?: Execution | undefined;
}

/** An executing activation of a job that stops has ended, with none of its effects. */
export interface ActivationCancelled extends ActivationEventBase {
  /** The kind of JobEvent. */
  readonly type: "activation_cancelled";
  /** When and where it was executed; absent if it never came to that. */
  readonly execution?: Execution | undefined;
}

/** Nothing new of the job starts until it is resumed. */
export interface JobPaused extends JobEventBase {
  /** The kind of JobEvent. */
  readonly type: "job_paused";
}

/** The job goes on where it was paused. */
export interface JobResumed extends JobEventBase {
  /** The kind of JobEvent. */
  readonly type: "job_resumed";
}

/** The job is to end before its time: what was queued is dropped, what executes is told to stop. */
export interface JobStopping extends JobEventBase {
  /** The kind of JobEvent. */
  readonly type: "job_stopping";
  /** How the job will end. */
  readonly outcome: "failed" | "cancelled";
  /** Why. */
  readonly error: SerializedError;
  /** The queued activations that were dropped. */
  readonly dropped: readonly string[];
}

/** The job ended: nothing of it is queued, executing or waiting. */
export interface JobEnded extends JobEventBase {
  /** The kind of JobEvent. */
  readonly type: "job_completed" | "job_failed" | "job_cancelled";
}

/** One thing that happened to a job. A JobState is the fold of its JobEvents. */
export type JobEvent =
  | JobStarted
  | ActivationStarted
  | ActivationProgressed
  | ActivationFlushed
  | ActivationCompleted
  | ActivationFailed
  | ActivationCancelled
  | JobPaused
  | JobResumed
  | JobStopping
  | JobEnded;
