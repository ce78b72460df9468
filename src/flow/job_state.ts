// The public interface `JobState`, and `replay`, which creates one from JobEvents. `JobView` implements it.

import type { SerializedError } from "../data/serialized_error.ts";
import { fold } from "../engine/apply.ts";
import type { ExecutionRecord, Span } from "../engine/history_of.ts";
import type { JobCounts, JobStatus, LogEntry } from "../engine/job.ts";
import type { JobEvent, Wait } from "../engine/job_event.ts";
import type { JobWait } from "../engine/job_waits.ts";
import { JobView } from "./job_view.ts";

/**
 * The state of one run of a flow: the current one, or the last one before the flow left the job. All returned
 * values are copies, so changing them has no effect. Times are epoch milliseconds with fraction.
 *
 * A JobState stays readable after its flow and its store are closed, and reading a property never throws.
 * The history is read from the store on each access, without the lock of the writer. It is empty if it cannot
 * be read any more, as the store is closed or has dropped the job, even if another job has its id by now.
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
   * The history of its activations, sorted by time. Records that the retention of the store has dropped are
   * missing; an emit whose payload was dropped has `dropped` instead.
   */
  readonly executionHistory: readonly ExecutionRecord[];
  /** The time and the worker of each attempt that has ended. */
  readonly spans: readonly Span[];
  /** The activations that are executing. */
  readonly executing: readonly ExecutingActivation[];
  /** The numbers of activations and records. Reading them is cheaper than counting the records. */
  readonly counts: JobCounts;
  /**
   * All that its activations and routines wait for: workers, delays, limits, signals, a resume. Empty if all of them
   * execute, or the job has ended.
   */
  readonly waits: readonly JobWait[];
  /** The feed of the job; `undefined` if it was not started by `flow.feed`. */
  readonly feed: FeedState | undefined;
  /** The signals that its routines wait for. */
  readonly waitingFor: readonly Wait[];
  /** The error that failed or cancelled it. */
  readonly error: Error | undefined;
  /**
   * Errors of activations and waits that failed while the job went on, by its policies; the last may be the
   * error that failed the job. Only the latest are held: as many as `retention.events` of the store allows,
   * and at most 100,000.
   */
  readonly errors: readonly Error[];
  /** The routines that were marked as skipped. */
  readonly skipped: readonly string[];
  /** The time at which it was created. */
  readonly createdAt: number;
  /** The time at which it started. */
  readonly startedAt: number | undefined;
  /** The time at which it ended. */
  readonly endedAt: number | undefined;

  /**
   * Waits until the job has ended, in any way: check its `status` and `error`.
   *
   * @returns This job.
   * @throws {InvalidOptionError} If an option has an invalid value, or is unknown.
   * @throws {WaitTimeoutError} If the job did not end within `timeout`; it goes on.
   * @throws {StoreError} If the store could not store the events of the job.
   * @throws {ClosedError} If the flow was closed and leaves the job to a later process.
   * @throws {UnknownJobError} If an earlier process left the job, and `recover` has not taken it over yet.
   */
  waitForCompletion(options?: WaitOptions): Promise<JobState>;

  /**
   * Returns the job as plain data for `JSON.stringify`. Values that JSON does not support are replaced by
   * text.
   */
  toJSON(): JobStateJson;
}

/**
 * Options of `waitForCompletion`.
 *
 * @example Waiting no longer than the caller does
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
   * The time to wait, in milliseconds. The clock starts with the call.
   *
   * @default {Infinity}
   */
  readonly timeout?: number;
  /** Ends the wait, not the job: the promise rejects with the signal's reason. */
  readonly signal?: AbortSignal;
}

/**
 * The feed of a job. While it is open, the job does not end, even if it has no activations.
 *
 * @example The number of items that were taken
 * ```ts
 * import { Flow } from "@millrace/flow";
 * import type { FeedState } from "@millrace/flow/events";
 * import { fibonacci } from "../../examples/fibonacci.ts";
 *
 * await using flow = new Flow({ maxWorkers: 1 }).add("fibonacci", fibonacci);
 * const job = await flow.feed("fibonacci.n", [5, 10, 20]).waitForCompletion();
 * const feed: FeedState | undefined = job.feed;
 * console.log(feed); // { entry: "fibonacci.n", taken: 3, isOpen: false }
 * ```
 */
export interface FeedState {
  /** The slot to which the items are delivered, as `routine.slot`. */
  readonly entry: string;
  /** The number of items that were taken so far. */
  readonly taken: number;
  /** `true` if more items may follow: the source has not ended, and the job does not stop. */
  readonly isOpen: boolean;
}

/** An activation that is executing. */
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
  /** The time at which it was created. */
  readonly createdAt: number;
  /** The time at which it started. */
  readonly startedAt: number | null;
  /** The time at which it ended. */
  readonly endedAt: number | null;
  /** The error that failed or cancelled it. */
  readonly error: SerializedError | null;
  /** The errors of the job and its parts, as in `JobState.errors`. */
  readonly errors: readonly SerializedError[];
  /** The routines that were marked as skipped. */
  readonly skipped: readonly string[];
  /** The feed of the job, if it was started by `flow.feed`. */
  readonly feed: FeedState | null;
  /** The numbers of activations and records. */
  readonly counts: JobCounts;
  /** The shared data. */
  readonly sharedData: Readonly<Record<string, unknown>>;
  /** The shared log. */
  readonly sharedLog: readonly LogEntry[];
  /** The states of its routines. */
  readonly routineStates: Readonly<Record<string, unknown>>;
  /** The history of its activations, sorted by time. */
  readonly executionHistory: readonly ExecutionRecord[];
}

/**
 * Folds the JobEvents of one job. The same events always produce the same JobState.
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
 * @returns The state of the job after the last event.
 * @throws {TypeError} If the stream does not begin with a `job_started`.
 */
export function replay(events: Iterable<JobEvent>): JobState {
  const stream = [...events];
  return new JobView(fold(stream), { eventsOf: () => stream });
}
