// Brings JobEvents to the store. `FlowRunner` adds what happened and acts on what this reports: events
// that are stored, an outage of the store, and its end.

import { elapsed } from "../data/clock.ts";
import { microtask } from "../data/microtask.ts";
import { after, clearTimer, type TimerId, unrefTimer } from "../data/timer.ts";
import type { Job } from "../engine/job.ts";
import type { JobEvent } from "../engine/job_event.ts";
import type { Store } from "../store/store.ts";
import { isRefusal } from "./is_refusal.ts";
import { StoreWatch } from "./store_watch.ts";

/** Acts on JobEvents that are stored, or cannot be. */
export interface CommitHost {
  /** They are stored. */
  committed(events: readonly JobEvent[]): void;
  /** They could not be written: an outage has begun, and nothing new is to start until it is over. */
  halted(error: Error): void;
  /** The outage lasts: what waits for its end is to hold nothing that others need. */
  outlasted(error: Error): void;
  /** The outage is over, and all that was added meanwhile is stored. */
  resumed(): void;
  /** The store refuses events of a job, now and whenever they are written again. */
  refused(jobId: string, error: Error): void;
}

/** Milliseconds from a failed write to the next: at first, and at most. Each is twice the one before. */
const FIRST_RETRY_MS = 20;
const LAST_RETRY_MS = 1_000;
/** An outage lasts if it is not over after this many milliseconds. */
const LASTING_MS = 500;

/** An outage of the store. */
interface Outage {
  /** The error of the last write. */
  error: Error;
  /** When it began, in milliseconds of the monotonic clock. */
  readonly since: number;
  /** Milliseconds until the next retry. */
  delay: number;
  hasLasted: boolean;
  timer: TimerId | undefined;
}

/**
 * Gives JobEvents to the store: those of one turn of the loop together, and only then to those who are
 * to learn of them.
 *
 * | state  | a write                                   | left by                                          |
 * | ------ | ----------------------------------------- | ------------------------------------------------ |
 * | open   | at the end of the turn, and by `flush`    | a write that fails: an outage                    |
 * | outage | by a timer with backoff, and by `flush`   | a write that does not fail; then all is stored   |
 * | closed | none: the store may be another's by now   | nothing                                          |
 *
 * Events that the store refuses for what they are, whenever they are written, are no outage: the others
 * are stored without them, and their job is given up.
 */
export class CommitLog {
  readonly #store: Store;
  readonly #host: CommitHost;
  /** The jobs that something happened to since the last commit. */
  #changed = new Set<Job>();
  #pending: JobEvent[] = [];
  #waiting: PromiseWithResolvers<void>[] = [];
  #isScheduled = false;
  #isAppending = false;
  #outage: Outage | undefined;
  /** The jobs of the pending events; made when somebody asks for them. */
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

  /** The reason why JobEvents cannot be stored at the moment, if they cannot. */
  get error(): Error | undefined {
    return this.#outage?.error;
  }

  /** Checks whether something happened to a job that is not stored. */
  isPending(jobId: string): boolean {
    this.#pendingJobs ??= new Set(this.#pending.map((event) => event.jobId));
    return this.#pendingJobs.has(jobId);
  }

  /** Adds what happened to a job. */
  add(job: Job, events: readonly JobEvent[]): void {
    for (const event of events) this.#pending.push(event);
    this.#pendingJobs?.add(job.jobId);
    if (this.#store.isSnapshotDue !== undefined) this.#changed.add(job);
    this.#schedule();
  }

  /** Resolves when all that was added is stored, also if that takes until an outage is over. */
  settled(): Promise<void> {
    if (this.#pending.length === 0) return Promise.resolve();
    if (this.#closedBy !== undefined) return Promise.reject(this.#closedBy);
    const waiting = Promise.withResolvers<void>();
    this.#waiting.push(waiting);
    this.#schedule();
    return waiting.promise;
  }

  /** Stores what was added, unless that is being done: a store may report on the way what it drops. */
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
    // Once for all that happens in this turn of the loop.
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

  /** Stores the events of each job by themselves, as those of one are refused. */
  #flushByJob(): void {
    const stored: JobEvent[] = [];
    const refused: { readonly jobId: string; readonly error: Error }[] = [];
    for (const [jobId, events] of Map.groupBy(this.#pending, (event) => event.jobId)) {
      try {
        this.#append(events);
        // One by one, as a call takes no more arguments than the stack has room for.
        for (const event of events) stored.push(event);
      } catch (error) {
        // What is left stays pending, with what came first.
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

  /** Reports events that are stored; if these were all, an outage is over. */
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
    // Where nothing waits to be stored, the program may end.
    if (this.#pending.length === 0) unrefTimer(outage.timer);
    outage.delay = Math.min(2 * outage.delay, LAST_RETRY_MS);
  }

  /** Takes snapshots of the jobs for which one pays. */
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
        // The events are stored, so nothing is lost; a later commit of the job tries again.
      }
    }
  }
}
