import type { SerializedError } from "../data/serialized_error.ts";
import { fold } from "../engine/apply.ts";
import type { ExecutionRecord, Span } from "../engine/history.ts";
import type { JobCounts, JobStatus, LogEntry } from "../engine/job.ts";
import type { JobEvent, Wait } from "../engine/job_event.ts";
import { JobView } from "./job_view.ts";

/**
 * One run of a flow, as it is now. What it gives are copies: changing them changes nothing. Times are
 * epoch milliseconds with fraction.
 *
 * @example Looking at a job that has ended
 * ```ts
 * import { Flow, type JobState } from "@millrace/flow";
 * import { fibonacci, total } from "../../examples/fibonacci.ts";
 *
 * await using flow = new Flow({ maxWorkers: 1 })
 *   .add("fibonacci", fibonacci)
 *   .add("total", total)
 *   .connect("fibonacci.result", "total.number");
 * const job: JobState = await flow.execute("fibonacci.n", 20);
 * console.log(job.status, job.sharedData, job.counts.completed); // completed { total: 6765 } 2
 * if (job.status === "failed") console.error(job.error);
 * ```
 */
export interface JobState {
  /** The job. */
  readonly jobId: string;
  /** Its flow. */
  readonly flowId: string;
  /** The status. */
  readonly status: JobStatus;
  /** The shared data that has been committed. */
  readonly sharedData: Readonly<Record<string, unknown>>;
  /** The shared log that has been committed. */
  readonly sharedLog: readonly LogEntry[];
  /** The states of its routines, by routine id. */
  readonly routineStates: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
  /**
   * All that happened to its activations, by time. What the store's retention has let go of is missing,
   * and an emit whose payload it has let go of has `dropped` in its place.
   */
  readonly executionHistory: readonly ExecutionRecord[];
  /** When and where its activations were executed, for those that have ended. */
  readonly spans: readonly Span[];
  /** The activations that are being executed. */
  readonly executing: readonly ExecutingActivation[];
  /** The numbers of activations and records; cheaper than counting them. */
  readonly counts: JobCounts;
  /** The signals that its routines wait for. */
  readonly waitingFor: readonly Wait[];
  /** The error that failed or cancelled it. */
  readonly error: Error | undefined;
  /**
   * Errors of parts that failed while it went on, by its policies; and last, the one that failed
   * it. The latest are there: as many as the store's `retention.events` allows, and never more than
   * 100,000.
   */
  readonly errors: readonly Error[];
  /** The routines that were marked as skipped. */
  readonly skipped: readonly string[];
  /** When it was made. */
  readonly createdAt: number;
  /** When it started. */
  readonly startedAt: number | undefined;
  /** When it ended. */
  readonly endedAt: number | undefined;

  /**
   * Waits until the job has ended, however it ends: look at `status` and `error` then.
   *
   * @returns This job.
   * @throws {InvalidOptionError} If an option has a value that it cannot have, or is unknown.
   * @throws {WaitTimeoutError} If it did not end within `timeout`; the job goes on.
   * @throws {StoreError} If the store could not keep what happens to it.
   * @throws {ClosedError} If its flow is closed and leaves it to a later process.
   * @throws {UnknownJobError} If an earlier process left it, and `recover` is to take it over first.
   */
  waitForCompletion(options?: WaitOptions): Promise<JobState>;

  /** The job as plain data for `JSON.stringify`; what JSON lacks is shown in its place. */
  toJSON(): JobStateJson;
}

/**
 * Options of `waitForCompletion`.
 *
 * @example Waiting no longer than a caller does
 * ```ts
 * import { Flow, type WaitOptions } from "@millrace/flow";
 * import { fibonacci } from "../../examples/fibonacci.ts";
 *
 * await using flow = new Flow({ maxWorkers: 1 }).add("fibonacci", fibonacci);
 * const caller = new AbortController(); // as `request.signal` in a server
 * const options: WaitOptions = { timeout: 10_000, signal: caller.signal };
 * const job = await flow.start("fibonacci.n", 20).waitForCompletion(options);
 * console.log(job.status); // completed
 * ```
 */
export interface WaitOptions {
  /**
   * Milliseconds to wait. The clock starts with the call.
   *
   * @default {Infinity}
   */
  readonly timeout?: number;
  /** Ends the wait, not the job: the promise rejects with the signal's reason. */
  readonly signal?: AbortSignal;
}

/**
 * An activation that is being executed.
 *
 * @example What a job does at the moment
 * ```ts
 * import type { JobState } from "@millrace/flow";
 * import type { ExecutingActivation } from "@millrace/flow/events";
 *
 * function doing({ executing }: JobState): string {
 *   const describe = ({ workerId, routineId, slot }: ExecutingActivation) =>
 *     `${workerId}: ${routineId}.${slot}`;
 *   return executing.length === 0 ? "waiting for a worker" : executing.map(describe).join(", ");
 * }
 * ```
 */
export interface ExecutingActivation {
  /** The activation. */
  readonly activationId: string;
  /** Its routine. */
  readonly routineId: string;
  /** Its slot. */
  readonly slot: string;
  /** The attempt, from 1. */
  readonly attempt: number;
  /** The worker. */
  readonly workerId: string;
}

/**
 * A job as plain data.
 *
 * @example A job as an answer over HTTP
 * ```ts
 * import { Flow, type JobStateJson } from "@millrace/flow";
 * import { fibonacci, total } from "../../examples/fibonacci.ts";
 *
 * await using flow = new Flow({ maxWorkers: 1 })
 *   .add("fibonacci", fibonacci)
 *   .add("total", total)
 *   .connect("fibonacci.result", "total.number");
 * const answer = Response.json(await flow.execute("fibonacci.n", 20));
 *
 * const { status, sharedData, error }: JobStateJson = await answer.json();
 * console.log(status, sharedData, error); // completed { total: 6765 } null
 * ```
 */
export interface JobStateJson {
  /** The job. */
  readonly jobId: string;
  /** Its flow. */
  readonly flowId: string;
  /** The status. */
  readonly status: JobStatus;
  /** When it was made. */
  readonly createdAt: number;
  /** When it started. */
  readonly startedAt: number | null;
  /** When it ended. */
  readonly endedAt: number | null;
  /** The error that failed or cancelled it. */
  readonly error: SerializedError | null;
  /** The errors of the job or of parts of it: as `JobState.errors`. */
  readonly errors: readonly SerializedError[];
  /** The routines that were marked as skipped. */
  readonly skipped: readonly string[];
  /** The numbers of activations and records. */
  readonly counts: JobCounts;
  /** The shared data. */
  readonly sharedData: Readonly<Record<string, unknown>>;
  /** The shared log. */
  readonly sharedLog: readonly LogEntry[];
  /** The states of its routines. */
  readonly routineStates: Readonly<Record<string, unknown>>;
  /** All that happened to its activations, by time. */
  readonly executionHistory: readonly ExecutionRecord[];
}

/**
 * Folds the JobEvents of one job: the same events always give the same JobState.
 *
 * @example A job from its events
 * ```ts
 * import type { JobEvent } from "@millrace/flow";
 * import { replay } from "@millrace/flow/events";
 *
 * const activation = { activationId: "job_1/1", routineId: "a", slot: "in", payload: 1 };
 * const events: JobEvent[] = [
 *   { type: "job_started", jobId: "job_1", flowId: "f", seq: 1, at: 0, activation },
 * ];
 * console.log(replay(events).status); // running
 * ```
 *
 * @param events The job's stream, from the first.
 * @returns The job as it is after the last.
 * @throws {TypeError} If the stream does not begin with a `job_started`.
 */
export function replay(events: Iterable<JobEvent>): JobState {
  const stream = [...events];
  return new JobView(fold(stream), () => stream);
}
