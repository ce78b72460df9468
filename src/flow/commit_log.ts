// Writes JobEvents to the store. `FlowRunner` adds the events, and acts on the reports of this module: that
// events are stored, that an outage of the store has begun, and that it has ended.

import { elapsed } from "../data/clock.ts";
import { microtask } from "../data/microtask.ts";
import { after, clearTimer, type TimerId, unrefTimer } from "../data/timer.ts";
import type { Job } from "../engine/job.ts";
import type { JobEvent } from "../engine/job_event.ts";
import type { Store } from "../store/store.ts";
import { isRefusal } from "./is_refusal.ts";
import { StoreWatch } from "./store_watch.ts";

/**
 * The first and the longest delay from a failed write to the next one, in milliseconds. Each is twice the
 * previous one.
 */
const FIRST_RETRY_MS = 20;
const LAST_RETRY_MS = 1_000;
/** The time after which an outage counts as lasting, in milliseconds. */
const LASTING_MS = 500;

/**
 * Appends JobEvents to the store, those of one turn of the event loop together, and reports them to the host
 * only after that.
 *
 * | state  | a write                                   | left by                                          |
 * | ------ | ----------------------------------------- | ------------------------------------------------ |
 * | open   | at the end of the turn, and by `flush`    | a write that fails: an outage                    |
 * | outage | by a timer with backoff, and by `flush`   | a write that does not fail; then all is stored   |
 * | closed | none: the store may be another's by now   | nothing                                          |
 *
 * Events that the store refuses for their content are no outage: the other events are stored without them,
 * and their job is abandoned.
 */
export class CommitLog {
  readonly #store: Store;
  readonly #host: CommitHost;
  /** The jobs with events since the last commit. */
  #changed = new Set<Job>();
  #pending: JobEvent[] = [];
  #waiting: PromiseWithResolvers<void>[] = [];
  #isScheduled = false;
  #isAppending = false;
  #outage: Outage | undefined;
  /** The jobs of the pending events; computed on demand. */
  #pendingJobs: Set<string> | undefined;
  readonly #watch: Disposable;
  /** The reason for which nothing is stored any more, once the log is closed. */
  #closedBy: Error | undefined;

  constructor(store: Store, host: CommitHost) {
    this.#store = store;
    this.#host = host;
    this.#watch = StoreWatch.watch(store, (error) => {
      if (this.#outage === undefined) this.#fail(error);
    });
  }

  /** The error of the current outage, if there is one. */
  get error(): Error | undefined {
    return this.#outage?.error;
  }

  /** Checks whether events of a job are not stored yet. */
  isPending(jobId: string): boolean {
    this.#pendingJobs ??= new Set(this.#pending.map((event) => event.jobId));
    return this.#pendingJobs.has(jobId);
  }

  /** Adds events of a job. */
  add(job: Job, events: readonly JobEvent[]): void {
    for (const event of events) this.#pending.push(event);
    this.#pendingJobs?.add(job.jobId);
    if (this.#store.isSnapshotDue !== undefined) this.#changed.add(job);
    this.#schedule();
  }

  /** Resolves when all events added so far are stored, which may take until an outage is over. */
  settled(): Promise<void> {
    if (this.#pending.length === 0) return Promise.resolve();
    if (this.#closedBy !== undefined) return Promise.reject(this.#closedBy);
    const waiting = Promise.withResolvers<void>();
    this.#waiting.push(waiting);
    this.#schedule();
    return waiting.promise;
  }

  /**
   * Writes the pending events. Does nothing while a write is in progress, as a store may call back during
   * `append` to report the jobs that it drops.
   */
  flush(): void {
    if (this.#isAppending || this.#closedBy !== undefined) return;
    if (this.#pending.length === 0) return this.#outage && this.#check();
    const events = this.#pending;
    try {
      this.#append(events);
    } catch (error) {
      return isRefusal(error) ? this.#flushByJob() : this.#fail(error as Error);
    }
    this.#pending = [];
    this.#done(events);
  }

  /** Rejects what waits for events to be stored, as that may never happen. */
  giveUp(reason: Error): void {
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const { reject } of waiting) reject(reason);
  }

  /**
   * Stores what was added, if that is possible now, and uses the store no more: what is left stays
   * pending for ever.
   */
  close(reason: Error): void {
    this.flush();
    this.#closedBy ??= reason;
    this.#watch[Symbol.dispose]();
    clearTimer(this.#outage?.timer);
    this.giveUp(reason);
  }

  /** Forgets a job that has ended. */
  forget(job: Job): void {
    this.#changed.delete(job);
  }

  #append(events: readonly JobEvent[]): void {
    this.#isAppending = true;
    try {
      this.#store.append(events);
    } finally {
      this.#isAppending = false;
    }
  }

  #schedule(): void {
    if (this.#isScheduled || this.#outage !== undefined || this.#closedBy !== undefined) return;
    this.#isScheduled = true;
    // One write for all events of this turn of the loop.
    microtask(() => {
      this.#isScheduled = false;
      this.flush();
    });
  }

  #check(): void {
    try {
      this.#store.check?.();
    } catch (error) {
      return this.#fail(error as Error);
    }
    if (this.#outage !== undefined && this.#pending.length === 0) this.#done([]);
  }

  /** Stores the events of each job separately, because those of some job are refused. */
  #flushByJob(): void {
    const stored: JobEvent[] = [];
    const refused: { readonly jobId: string; readonly error: Error }[] = [];
    for (const [jobId, events] of Map.groupBy(this.#pending, (event) => event.jobId)) {
      try {
        this.#append(events);
        // Pushed one by one, as the number of arguments of a call is limited by the stack.
        for (const event of events) stored.push(event);
      } catch (error) {
        // The events of this job and of the following ones stay pending, in their order.
        if (!isRefusal(error)) {
          this.#fail(error as Error);
          break;
        }
        refused.push({ jobId, error });
      }
    }
    const done = new Set([
      ...stored.map(({ jobId }) => jobId),
      ...refused.map(({ jobId }) => jobId),
    ]);
    this.#pending = this.#pending.filter(({ jobId }) => !done.has(jobId));
    for (const { jobId, error } of refused) this.#host.refused(jobId, error);
    this.#done(stored);
  }

  /** Reports events that are stored, and ends an outage if none are pending. */
  #done(events: readonly JobEvent[]): void {
    this.#pendingJobs = undefined;
    const outage = this.#outage;
    const isAll = this.#pending.length === 0;
    const waiting = isAll ? this.#waiting : [];
    if (isAll) {
      this.#waiting = [];
      this.#outage = undefined;
      clearTimer(outage?.timer);
    }
    this.#snapshot();
    this.#host.committed(events);
    for (const { resolve } of waiting) resolve();
    if (isAll && outage !== undefined) this.#host.resumed();
  }

  #fail(error: Error): void {
    const outage = this.#outage;
    if (outage === undefined) {
      const since = elapsed();
      this.#outage = { error, since, delay: FIRST_RETRY_MS, hasLasted: false, timer: undefined };
      this.#retryLater(this.#outage);
      return this.#host.halted(error);
    }
    outage.error = error;
    this.#retryLater(outage);
    if (outage.hasLasted || elapsed() - outage.since < LASTING_MS) return;
    outage.hasLasted = true;
    this.#host.outlasted(error);
  }

  #retryLater(outage: Outage): void {
    clearTimer(outage.timer);
    outage.timer = after(outage.delay, () => this.flush());
    // The timer must not keep the program alive if no events are pending.
    if (this.#pending.length === 0) unrefTimer(outage.timer);
    outage.delay = Math.min(2 * outage.delay, LAST_RETRY_MS);
  }

  /** Takes snapshots of the jobs for which one is due. */
  #snapshot(): void {
    const changed = this.#changed;
    if (changed.size === 0) return;
    this.#changed = new Set();
    for (const job of changed) {
      if (this.#pending.length > 0 && this.isPending(job.jobId)) {
        this.#changed.add(job);
        continue;
      }
      try {
        if (this.#store.isSnapshotDue?.(job)) this.#store.snapshot(job);
      } catch {
        // The events are stored, so nothing is lost; a later commit of the job retries the snapshot.
      }
    }
  }
}

/** Acts on JobEvents that were stored or could not be. */
export interface CommitHost {
  /** Called when events are stored. */
  committed(events: readonly JobEvent[]): void;
  /**
   * Called when events could not be written. An outage has begun, and nothing new may start until it is over.
   */
  halted(error: Error): void;
  /** Called when an outage lasts, so that activations that wait for its end release their workers. */
  outlasted(error: Error): void;
  /** Called when the outage is over, and all events added meanwhile are stored. */
  resumed(): void;
  /**
   * Called when the store refuses events of a job for their content, so that writing them again is useless.
   */
  refused(jobId: string, error: Error): void;
}

/** An outage of the store. */
interface Outage {
  /** The error of the last write. */
  error: Error;
  /** The time at which it began, in milliseconds of the monotonic clock. */
  readonly since: number;
  /** The delay of the next retry, in milliseconds. */
  delay: number;
  hasLasted: boolean;
  timer: TimerId | undefined;
}
