// The only implementation of `JobState`: returns copies of the state of a job, and waits for its end. `JobCalls`
// creates it for running jobs, `stored_job.ts` for jobs that are only stored.

import { onAbort } from "../data/on_abort.ts";
import { shownCopy } from "../data/faithful_copy.ts";
import { jsonable } from "../data/jsonable.ts";
import { checkOptions } from "../data/options.ts";
import { reviveError } from "../data/serialized_error.ts";
import { after, clearTimer } from "../data/timer.ts";
import { type ExecutionRecord, historyOf, type Span, spansOf } from "../engine/history_of.ts";
import {
  countsOf,
  hasEnded,
  type Job,
  type JobCounts,
  type JobStatus,
  latestErrors,
  type LogEntry,
  waitsOf,
} from "../engine/job.ts";
import type { JobEvent, Wait } from "../engine/job_event.ts";
import { type JobWait, jobWaits } from "../engine/job_waits.ts";
import { lastTimeOf } from "../engine/last_time_of.ts";
import { printableLines } from "../errors/printable.ts";
import { WaitTimeoutError } from "../errors/job_errors.ts";
import { WAIT } from "./flow_calls.ts";
import { withErrorContext } from "./with_error_context.ts";
import { JobEnd } from "./job_end.ts";
import type {
  ExecutingActivation,
  FeedState,
  JobState,
  JobStateJson,
  WaitOptions,
} from "./job_state.ts";

/** The JobState that a flow returns: a view of the job that the engine folds. */
export class JobView implements JobState {
  /** The viewed job. */
  readonly job: Job;
  readonly #records: ViewedRecords;
  /** Reads the JobEvents that the store has dropped; absent until then. */
  #dropped: (() => Iterable<JobEvent>) | undefined;
  readonly #end = new JobEnd();

  /**
   * @param job The job.
   * @param records The records of this job and others.
   */
  constructor(job: Job, records: ViewedRecords) {
    this.job = job;
    this.#records = records;
    if (hasEnded(job)) this.settle();
  }

  /** The number of waits for its end. */
  get waiters(): number {
    return this.#end.waiting;
  }

  /** Calls a function when the job has ended, or was left to a later process. */
  onEnd(callback: () => void): void {
    this.#end.onEnd(callback);
  }

  /** Called when the end of the job is stored. */
  settle(): void {
    this.#end.settle();
  }

  /**
   * Called when the store is about to drop the job.
   *
   * @param read Reads the JobEvents that the store has now.
   */
  keep(read: () => Iterable<JobEvent>): void {
    this.#dropped = read;
  }

  /** Called when no flow runs the job any more. Rejects all current and future waits for its end. */
  leave(reason: Error): void {
    this.#end.leave(reason);
  }

  /**
   * The stored state of the job, which must not be changed. During an outage of the store, it is behind the state in
   * the flow.
   */
  get shown(): Job {
    return this.#records.of?.(this.job) ?? this.job;
  }

  get jobId(): string {
    return this.job.jobId;
  }

  get flowId(): string {
    return this.job.flowId;
  }

  get status(): JobStatus {
    return this.shown.status;
  }

  get sharedData(): Readonly<Record<string, unknown>> {
    return shownCopy(Object.fromEntries(this.shown.sharedData));
  }

  get sharedLog(): readonly LogEntry[] {
    return shownCopy(this.shown.sharedLog);
  }

  get routineStates(): Readonly<Record<string, Readonly<Record<string, unknown>>>> {
    return shownCopy(Object.fromEntries(this.shown.routineStates ?? []));
  }

  get executionHistory(): readonly ExecutionRecord[] {
    return shownCopy(historyOf(this.#recorded()));
  }

  get spans(): readonly Span[] {
    return spansOf(this.#recorded());
  }

  get executing(): readonly ExecutingActivation[] {
    const executing: ExecutingActivation[] = [];
    for (const { activation, state, attempt, workerId } of this.shown.live.values()) {
      if (state !== "executing" || workerId === undefined) continue;
      const { activationId, routineId, slot } = activation;
      executing.push({ activationId, routineId, slot, attempt, workerId });
    }
    return executing;
  }

  get counts(): JobCounts {
    return countsOf(this.shown);
  }

  get error(): Error | undefined {
    const { stopping } = this.shown;
    return stopping && reviveError(stopping.error);
  }

  get errors(): readonly Error[] {
    return latestErrors(this.shown).map(({ error }) => reviveError(error));
  }

  get skipped(): readonly string[] {
    return [...this.shown.skippedRoutines ?? []];
  }

  get waits(): readonly JobWait[] {
    const { job } = this;
    return this.#records.waitsOf?.(job) ?? jobWaits(this.shown, lastTimeOf(job));
  }

  get feed(): FeedState | undefined {
    const { feed } = this.shown;
    if (feed === undefined) return undefined;
    const { routineId, slot, taken, hasEnded } = feed;
    return { entry: `${routineId}.${slot}`, taken, isOpen: !hasEnded };
  }

  get waitingFor(): readonly Wait[] {
    return shownCopy([...waitsOf(this.shown).values()]);
  }

  get createdAt(): number {
    return this.job.createdAt;
  }

  get startedAt(): number | undefined {
    return this.shown.startedAt;
  }

  get endedAt(): number | undefined {
    return this.shown.endedAt;
  }

  waitForCompletion(options?: WaitOptions): Promise<JobState> {
    // Most waits are of this kind, for as many jobs as a program starts in a loop.
    if (options !== undefined) return this.#waitWith(options);
    return new Promise((resolve, reject) => this.#end.wait(() => resolve(this), reject));
  }

  async #waitWith(options: WaitOptions): Promise<JobState> {
    const { timeout = Infinity, signal } = this.#checked(options);
    signal?.throwIfAborted();
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const timer = after(timeout, () => reject(this.#notEnded(timeout)));
    const release = onAbort(signal, () => reject(signal?.reason));
    const giveUp = this.#end.wait(resolve, reject);
    try {
      await promise;
    } finally {
      clearTimer(timer);
      release();
      giveUp();
    }
    return this;
  }

  toJSON(): JobStateJson {
    const { jobId, flowId, status, createdAt, startedAt = null, endedAt = null } = this;
    const error = this.shown.stopping?.error ?? null;
    const errors = latestErrors(this.shown).map(({ error }) => error);
    const { sharedData, sharedLog, routineStates, executionHistory, counts } = this;
    const shown = { error, errors, sharedData, sharedLog, routineStates, executionHistory };
    return {
      jobId,
      flowId,
      status,
      createdAt,
      startedAt,
      endedAt,
      counts,
      feed: this.feed ?? null,
      skipped: this.skipped,
      ...jsonable(shown) as typeof shown,
    };
  }

  /** Returns the text that `console.log` prints for a job. */
  [Symbol.for("Deno.customInspect")](inspect: typeof Deno.inspect, options: Deno.InspectOptions) {
    const { jobId, flowId, status, counts, error } = this;
    const shown = { jobId, flowId, status, counts, error };
    const plain = inspect(shown, { ...options, colors: false });
    const safe = printableLines(plain);
    // The message of an error is untrusted, and may contain control characters that a terminal would obey.
    return `JobState ${safe === plain ? inspect(shown, options) : safe}`;
  }

  #recorded(): Iterable<JobEvent> {
    return this.#dropped?.() ?? this.#records.eventsOf(this.job);
  }

  #checked(options: WaitOptions): WaitOptions {
    const { flowId, jobId } = this;
    return withErrorContext(
      { flowId, jobId },
      () => checkOptions("job.waitForCompletion", options, WAIT),
    );
  }

  #notEnded(timeout: number): WaitTimeoutError {
    const { jobId, flowId, status } = this;
    const { completed, known } = this.counts;
    const { feed, job: { live } } = this;
    const remedy = status === "paused"
      ? "resume it by flow.resume"
      : feed?.isOpen && live.size === 0
      ? "it waits for an item of its feed, which goes on by flow.feed after a restart; wait longer"
      : "wait longer";
    return new WaitTimeoutError(
      `job "${jobId}" is ${status} after ${timeout} ms, with ${completed} of ${known} known activations done; ${remedy}, or cancel it`,
      { flowId, jobId },
    );
  }
}

/** The records of jobs that a `JobView` shows. */
export interface ViewedRecords {
  /** Reads the stored JobEvents of a job. */
  eventsOf(job: Job): Iterable<JobEvent>;
  /** Returns all that a job waits for. Without it, no flow runs the job. */
  waitsOf?(job: Job): JobWait[];
  /** Returns the stored state of a job, if it differs from the job. Without it, none differs. */
  of?(job: Job): Job | undefined;
}
