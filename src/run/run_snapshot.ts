// The numbers of a run as plain data, which survive JSON: all that the monitor and the dashboard show of a flow
// at one moment. `RunModel` produces it.

import type { FlowStatus } from "../flow/flow_status.ts";
import type { JobStatus } from "../engine/job.ts";
import type { JobWait } from "../engine/job_waits.ts";

/**
 * The state of all jobs of a flow at one moment, in numbers. Times are epoch milliseconds, durations are
 * milliseconds.
 *
 * @example The number of jobs that have failed so far
 * ```ts
 * import { Flow } from "@millrace/flow";
 * import { monitor } from "@millrace/flow/monitor";
 * import { fibonacci } from "../../examples/fibonacci.ts";
 *
 * await using flow = new Flow({ maxWorkers: 1 }).add("fibonacci", fibonacci);
 * using view = monitor(flow, { renderer: "silent" });
 * await flow.execute("fibonacci.n", 20);
 * console.log(view.snapshot().jobs.failed); // 0
 * ```
 */
export interface RunSnapshot {
  /** The flow. */
  readonly flowId: string;
  /** The status of the flow; `"recorded"` if this shows a journal. */
  readonly status: FlowStatus | "recorded";
  /** The time of this snapshot. */
  readonly at: number;
  /** The time of the first JobEvent; `undefined` before it. */
  readonly since: number | undefined;
  /** The maximum number of workers, if known. */
  readonly maxWorkers: number | undefined;
  /** The maximum number of activations that execute at once, if known. */
  readonly concurrency: number | undefined;
  /** The number of jobs by status. */
  readonly jobs: Readonly<Record<JobStatus, number>>;
  /** The number of jobs that are expected in all, if it was given. */
  readonly expectedJobs: number | undefined;
  /** The numbers of activations of all routines together. */
  readonly totals: ActivationCounts;
  /** Activations that ended per second, over the last five seconds. */
  readonly rate: number;
  /** The estimated time until all expected jobs have ended; `undefined` if that cannot be known. */
  readonly eta: number | undefined;
  /** The routines, in the order of the graph. */
  readonly routines: readonly RoutineSnapshot[];
  /** The connections that have delivered payloads, and the others of the graph. */
  readonly connections: readonly ConnectionSnapshot[];
  /** The workers that execute, and those that have recently done so, by id. */
  readonly workers: readonly WorkerSnapshot[];
  /** The number of workers that execute an activation. */
  readonly workersBusy: number;
  /** The number of workers that were lost during an attempt. */
  readonly workersLost: number;
  /** The running jobs that were created first. */
  readonly longestJobs: readonly JobRow[];
  /** The jobs that failed last, latest first. */
  readonly failedJobs: readonly JobRow[];
  /** The failed attempts, grouped by routine and error, the most frequent first. */
  readonly failures: readonly FailureGroup[];
}

/** The numbers of activations in each state. Those of a rerun include what it has taken over from the older job. */
export interface ActivationCounts {
  /** Activations that wait for a worker, or for a time. */
  readonly queued: number;
  /** Activations that are held back until their job is resumed. */
  readonly held: number;
  /** Activations that a worker executes. */
  readonly executing: number;
  /** Open waits for a signal. */
  readonly waiting: number;
  /** Activations that committed. */
  readonly completed: number;
  /** Activations that failed for good. */
  readonly failed: number;
  /** Activations that failed for good and were skipped. */
  readonly skipped: number;
  /** Activations that were dropped or stopped. */
  readonly cancelled: number;
  /** Attempts that failed and were followed by another. */
  readonly retried: number;
}

/** The numbers of one routine. */
export interface RoutineSnapshot extends ActivationCounts {
  /** The routine. */
  readonly routineId: string;
  /**
   * The number of its executions that have ended, including those of attempts that failed. Executions that a rerun has
   * taken over count in the older job alone, in all numbers of executions, durations and failures.
   */
  readonly executions: number;
  /** The median duration of its executions; `undefined` before the first has ended. */
  readonly p50: number | undefined;
  /** The duration that 95 of 100 of its executions do not exceed. */
  readonly p95: number | undefined;
  /** The longest execution. */
  readonly max: number | undefined;
  /** The total duration of its executions. */
  readonly busy: number;
  /**
   * The estimated time until its activations have ended; `undefined` while their number is not known, as
   * routines before it may emit more.
   */
  readonly eta: number | undefined;
  /**
   * The activations that wait for its limits, as of at most a second before; absent if no routine of the flow has a limit
   * of its own, and in a journal.
   */
  readonly waits?: RoutineWaits;
}

/** The activations of a routine that wait for a limit or a time. */
export interface RoutineWaits {
  /** The number of activations that wait for a limit of the routine. */
  readonly limited: number;
  /** The number of activations that wait for a time. */
  readonly delayed: number;
  /** The number of keys with activations, or starts that count to the rate. */
  readonly keys: number;
  /** The limits for which most activations wait, at most ten. */
  readonly limits: readonly LimitSnapshot[];
}

/** A limit of a routine, or of one of its keys. */
export interface LimitSnapshot {
  /** The key; `""` if the routine has no `limitBy`. */
  readonly key: string;
  /** The number of activations that have a place of it. */
  readonly executing: number;
  /** The number of activations that wait for it. */
  readonly waiting: number;
  /** The number of starts that count to the rate; absent without one. */
  readonly starts?: number;
  /** The time at which the rate has room for the next start; absent if it has, or has none. */
  readonly nextAt?: number;
}

/** The number of payloads that a connection has delivered. */
export interface ConnectionSnapshot {
  /** The routine that emits. */
  readonly from: string;
  /** Its event. */
  readonly event: string;
  /** The routine that receives. */
  readonly to: string;
  /** Its slot. */
  readonly slot: string;
  /** The number of payloads. */
  readonly delivered: number;
}

/** The work of one worker. */
export interface WorkerSnapshot {
  /** The worker. */
  readonly workerId: string;
  /** `true` if it was lost during an attempt, and none with its id has begun another one since. */
  readonly isLost: boolean;
  /** The number of executions that have ended. */
  readonly ended: number;
  /** The total duration of these executions. */
  readonly busy: number;
  /** The activations that it executes. */
  readonly executing: readonly ExecutingSnapshot[];
}

/** An activation that executes. */
export interface ExecutingSnapshot {
  /** The job. */
  readonly jobId: string;
  /** The activation. */
  readonly activationId: string;
  /** The routine. */
  readonly routineId: string;
  /** The attempt, from 1. */
  readonly attempt: number;
  /** The time at which it began. */
  readonly since: number;
}

/** A job in a list. */
export interface JobRow extends ActivationCounts {
  /** The job. */
  readonly jobId: string;
  /** The status. */
  readonly status: JobStatus;
  /** The time at which it was created. */
  readonly createdAt: number;
  /** The time at which its first activation began; `undefined` before. */
  readonly startedAt: number | undefined;
  /** The time at which it ended; `undefined` before. */
  readonly endedAt: number | undefined;
  /** The routines that execute for it now. */
  readonly executingRoutines: readonly string[];
  /** The latest progress that one of its activations reported; `undefined` if none has, or that one has ended. */
  readonly progress: ProgressSnapshot | undefined;
  /** The error that failed it, or its last failed attempt; `undefined` if there is none. */
  readonly error: ErrorSnapshot | undefined;
  /**
   * The waits of a job that executes nothing, as of at most a second before: the ten of most activations. Absent if it
   * waits for nothing, and in lists that do not look for it.
   */
  readonly waits?: readonly JobWait[];
}

/** A report of progress. */
export interface ProgressSnapshot {
  /** The routine that reported it. */
  readonly routineId: string;
  /** The data, in one line of text. */
  readonly text: string;
  /** The completed part, from 0 to 1, if the data contains it. */
  readonly fraction: number | undefined;
}

/** An error in short. */
export interface ErrorSnapshot {
  /** The routine that failed; `undefined` if the job failed as a whole. */
  readonly routineId: string | undefined;
  /** The name of the error. */
  readonly name: string;
  /** The message, with those of the members of an `AggregateError`; of a long one, the beginning. */
  readonly message: string;
}

/** Failed attempts of one routine with the same kind of error. */
export interface FailureGroup {
  /** The routine. */
  readonly routineId: string;
  /** The name of the error. */
  readonly name: string;
  /**
   * The message of the latest of these errors, with those of the members of an `AggregateError`; of a long one, the
   * beginning.
   */
  readonly message: string;
  /** The place in the code that threw it, such as `file:///a.ts:3:9`; `undefined` if the error has no stack. */
  readonly place: string | undefined;
  /** The stack of the latest of these errors; of a long one, the beginning. */
  readonly stack: string | undefined;
  /** The number of failed attempts. */
  readonly count: number;
  /** The time of the first. */
  readonly firstAt: number;
  /** The time of the latest. */
  readonly lastAt: number;
  /** The job of the latest. */
  readonly jobId: string;
  /** The activation of the latest. */
  readonly activationId: string;
}
