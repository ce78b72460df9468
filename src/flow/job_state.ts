import { faithfulCopy } from "../data/faithful_copy.ts";
import { jsonable } from "../data/jsonable.ts";
import { after, checkDuration } from "../data/option.ts";
import { reviveError, type SerializedError } from "../data/serialized_error.ts";
import { fold } from "../engine/apply.ts";
import { type ExecutionRecord, historyOf, type Span, spansOf } from "../engine/history.ts";
import {
  countsOf,
  hasEnded,
  type Job,
  type JobCounts,
  type JobStatus,
  type LogEntry,
} from "../engine/job.ts";
import type { JobEvent } from "../engine/job_event.ts";
import { WaitTimeoutError } from "../errors/wait_timeout_error.ts";

/**
 * One run of a flow, as it is now. What it gives are copies: changing them changes nothing. Times are
 * epoch milliseconds with fraction.
 */
export interface JobState {
  /** The job. */
  readonly jobId: string;
  /** Its flow. */
  readonly flowId: string;
  /** How it is. */
  readonly status: JobStatus;
  /** The shared data that has been committed. */
  readonly sharedData: Readonly<Record<string, unknown>>;
  /** The shared log that has been committed. */
  readonly sharedLog: readonly LogEntry[];
  /** The states of its routines, by routine id. */
  readonly routineStates: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
  /** All that happened to its activations, by time. */
  readonly executionHistory: readonly ExecutionRecord[];
  /** When and where its activations were executed, for those that have ended. */
  readonly spans: readonly Span[];
  /** The activations that are being executed. */
  readonly executing: readonly ExecutingActivation[];
  /** How many activations and records there are; cheaper than counting them. */
  readonly counts: JobCounts;
  /** What failed or cancelled it. */
  readonly error: Error | undefined;
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
   * @throws {WaitTimeoutError} If it did not end within `timeout`; the job goes on.
   */
  waitForCompletion(options?: WaitOptions): Promise<JobState>;

  /** The job as plain data for `JSON.stringify`; what JSON lacks is shown in its place. */
  toJSON(): JobStateJson;
}

/** Options of `waitForCompletion`. */
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

/** An activation that is being executed. */
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

/** A job as plain data. */
export interface JobStateJson {
  /** The job. */
  readonly jobId: string;
  /** Its flow. */
  readonly flowId: string;
  /** How it is. */
  readonly status: JobStatus;
  /** When it was made. */
  readonly createdAt: number;
  /** When it started. */
  readonly startedAt: number | null;
  /** When it ended. */
  readonly endedAt: number | null;
  /** What failed or cancelled it. */
  readonly error: SerializedError | null;
  /** How many activations and records there are. */
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
 * @example
 * ```ts
 * import { type JobEvent, replay } from "@millrace/flow";
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
  return new JobView(fold(events));
}

/** The JobState that a flow hands out: a view of the job that the engine folds. */
export class JobView implements JobState {
  readonly #job: Job;
  readonly #ended = Promise.withResolvers<void>();
  /** Copies made so far, and the number of events they were made after. */
  #copies = new Map<string, unknown>();
  #copiedAt = 0;

  constructor(job: Job) {
    this.#job = job;
    if (hasEnded(job)) this.#ended.resolve();
  }

  /** The job has ended. */
  settle(): void {
    this.#ended.resolve();
  }

  get jobId(): string {
    return this.#job.jobId;
  }

  get flowId(): string {
    return this.#job.flowId;
  }

  get status(): JobStatus {
    return this.#job.status;
  }

  get sharedData(): Readonly<Record<string, unknown>> {
    return this.#copy("sharedData", () => Object.fromEntries(this.#job.sharedData));
  }

  get sharedLog(): readonly LogEntry[] {
    return this.#copy("sharedLog", () => this.#job.sharedLog);
  }

  get routineStates(): Readonly<Record<string, Readonly<Record<string, unknown>>>> {
    return this.#copy("routineStates", () => Object.fromEntries(this.#job.routineStates));
  }

  get executionHistory(): readonly ExecutionRecord[] {
    return this.#copy("executionHistory", () => historyOf(this.#job.events));
  }

  get spans(): readonly Span[] {
    return spansOf(this.#job.events);
  }

  get executing(): readonly ExecutingActivation[] {
    const executing: ExecutingActivation[] = [];
    for (const { activation, attempt, workerId } of this.#job.live.values()) {
      if (workerId === undefined) continue;
      const { activationId, routineId, slot } = activation;
      executing.push({ activationId, routineId, slot, attempt, workerId });
    }
    return executing;
  }

  get counts(): JobCounts {
    return countsOf(this.#job);
  }

  get error(): Error | undefined {
    const { stopping } = this.#job;
    return stopping && reviveError(stopping.error);
  }

  get createdAt(): number {
    return this.#job.createdAt;
  }

  get startedAt(): number | undefined {
    return this.#job.startedAt;
  }

  get endedAt(): number | undefined {
    return this.#job.endedAt;
  }

  async waitForCompletion({ timeout = Infinity, signal }: WaitOptions = {}): Promise<JobState> {
    checkDuration("timeout", timeout);
    signal?.throwIfAborted();
    if (hasEnded(this.#job)) return this;
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const onAbort = () => reject(signal?.reason);
    const timer = after(timeout, () => reject(this.#notEnded(timeout)));
    signal?.addEventListener("abort", onAbort, { once: true });
    void this.#ended.promise.then(resolve);
    try {
      await promise;
    } finally {
      clearTimeout(timer);
      signal?.removeEventListener("abort", onAbort);
    }
    return this;
  }

  toJSON(): JobStateJson {
    const { jobId, flowId, status, createdAt, startedAt = null, endedAt = null } = this;
    const error = this.#job.stopping?.error ?? null;
    const { sharedData, sharedLog, routineStates, executionHistory, counts } = this;
    const shown = { error, sharedData, sharedLog, routineStates, executionHistory };
    return {
      jobId,
      flowId,
      status,
      createdAt,
      startedAt,
      endedAt,
      counts,
      ...jsonable(shown) as typeof shown,
    };
  }

  /** What `console.log` shows of a job. */
  [Symbol.for("Deno.customInspect")](inspect: typeof Deno.inspect, options: Deno.InspectOptions) {
    const { jobId, flowId, status, counts, error } = this;
    return `JobState ${inspect({ jobId, flowId, status, counts, error }, options)}`;
  }

  /** A copy that stays the same object until something happens to the job. */
  #copy<Value>(what: string, make: () => Value): Value {
    if (this.#copiedAt !== this.#job.events.length) {
      this.#copies = new Map();
      this.#copiedAt = this.#job.events.length;
    }
    if (!this.#copies.has(what)) this.#copies.set(what, faithfulCopy(make(), what));
    return this.#copies.get(what) as Value;
  }

  #notEnded(timeout: number): WaitTimeoutError {
    const { jobId, flowId, status } = this;
    const { completed, known } = this.counts;
    return new WaitTimeoutError(
      `job "${jobId}" is ${status} after ${timeout} ms, with ${completed} of ${known} known activations done; wait longer, or cancel it`,
      { flowId, jobId },
    );
  }
}
