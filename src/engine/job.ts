import { Fifo } from "../data/fifo.ts";
import type { SerializedError } from "../data/serialized_error.ts";
import type { Activation, JobEvent, JobStarted } from "./job_event.ts";

/** How a job is: the last three are ends. */
export type JobStatus = "pending" | "running" | "paused" | "completed" | "failed" | "cancelled";

/** An entry of a job's shared log. */
export interface LogEntry {
  /** When it was appended, in epoch milliseconds. */
  readonly timestamp: number;
  /** The routine that appended it. */
  readonly routineId: string;
  /** The activation that appended it. */
  readonly activationId: string;
  /** What was appended. */
  readonly data: unknown;
}

/** How many activations and records a job has. */
export interface JobCounts {
  /** Activations waiting for a worker. */
  readonly queued: number;
  /** Activations handed to a worker. */
  readonly executing: number;
  /** Activations that committed. */
  readonly completed: number;
  /** Activations that failed. */
  readonly failed: number;
  /** Activations that were dropped or stopped. */
  readonly cancelled: number;
  /** Activations known so far: all of these together. */
  readonly known: number;
  /** Payloads emitted on events that nothing is connected to. */
  readonly unrouted: number;
  /** Entries of the shared log. */
  readonly logEntries: number;
  /** JobEvents so far. */
  readonly events: number;
}

/** An activation that has not ended. */
export interface LiveActivation {
  readonly activation: Activation;
  attempt: number;
  workerId: string | undefined;
}

/** The state of a job, as folded from its JobEvents by `apply`; nothing else changes it. */
export interface Job {
  readonly jobId: string;
  readonly flowId: string;
  readonly createdAt: number;
  readonly events: JobEvent[];
  readonly sharedData: Map<string, unknown>;
  readonly sharedLog: LogEntry[];
  readonly routineStates: Map<string, Record<string, unknown>>;
  readonly live: Map<string, LiveActivation>;
  readonly queue: Fifo<LiveActivation>;
  startedAt: number | undefined;
  endedAt: number | undefined;
  status: JobStatus;
  stopping:
    | { readonly outcome: "failed" | "cancelled"; readonly error: SerializedError }
    | undefined;
  executing: number;
  completed: number;
  failed: number;
  cancelled: number;
  known: number;
  unrouted: number;
}

/** A job before its first event. */
export function emptyJob({ jobId, flowId, at }: JobStarted): Job {
  return {
    jobId,
    flowId,
    createdAt: at,
    events: [],
    sharedData: new Map(),
    sharedLog: [],
    routineStates: new Map(),
    live: new Map(),
    queue: new Fifo(),
    startedAt: undefined,
    endedAt: undefined,
    status: "pending",
    stopping: undefined,
    executing: 0,
    completed: 0,
    failed: 0,
    cancelled: 0,
    known: 0,
    unrouted: 0,
  };
}

/** Whether the job has ended. */
export function hasEnded(job: Job): boolean {
  return job.endedAt !== undefined;
}

/** Whether the scheduler may take an activation of the job. */
export function isReady(job: Job): boolean {
  return job.status === "running" && job.queue.size > 0;
}

/** The counts of a job. */
export function countsOf(job: Job): JobCounts {
  return {
    queued: job.queue.size,
    executing: job.executing,
    completed: job.completed,
    failed: job.failed,
    cancelled: job.cancelled,
    known: job.known,
    unrouted: job.unrouted,
    logEntries: job.sharedLog.length,
    events: job.events.length,
  };
}
