// Writes JobEvents to the store. `Dispatcher` adds the events; `FlowRunner` acts on the reports of this module:
// that events are stored, that an outage of the store has begun, and that it has ended.

import { elapsed } from "../data/clock.ts";
import { microtask } from "../data/microtask.ts";
import { after, clearTimer, type TimerId, unrefTimer } from "../data/timer.ts";
import type { Job } from "../engine/job.ts";
import type { JobEvent } from "../engine/job_event.ts";
import { StoreError } from "../errors/store_errors.ts";
import type { Store } from "../store/store.ts";
import { append, appendRest, takeSnapshot } from "./append.ts";
import { isRefusal } from "../errors/is_refusal.ts";
import { StoreWatch } from "./store_watch.ts";

/**
 * The first and the longest delay from a failed write to the next one, in milliseconds. Each is twice the
 * previous one.
 */
const FIRST_RETRY_MS = 20;
const LAST_RETRY_MS = 1_000;
/** The time after which an outage counts as lasting, in milliseconds. */
const LASTING_MS = 500;
/** The time after which a write without an answer counts as an outage, in milliseconds. */
const UNANSWERED_MS = 5_000;
/** The number of events that wait for a write of a slow store from which on no activation begins. */
const MAX_BEHIND = 10_000;

/**
 * Appends JobEvents to the store, those of one turn of the event loop together, and reports them to the host
 * only after that.
 *
 * | state   | writes                                    | left by                                          |
 * | ------- | ----------------------------------------- | ------------------------------------------------ |
 * | open    | at the end of the turn, and by `flush`    | an asynchronous write: writing                   |
 * |         |                                           | a write that fails: outage                       |
 * | writing | only the one in progress                  | its answer; events added meanwhile are next      |
 * | outage  | by a timer with backoff, and by `flush`   | a successful write; then all events are stored   |
 * | closed  | none: other processes may use the store   | none                                             |
 *
 * A store that does not answer for five seconds is in an outage as well, until it answers. Events that the
 * store refuses for their content cause no outage: the other events are stored without them, and their job is
 * abandoned.
 */
export class CommitLog {
  readonly #store: Store;
  readonly #host: CommitHost;
  /** The jobs with events since the last commit. */
  #changed = new Set<Job>();
  #pending = emptyBatch();
  /** The events that the store is writing, which precede the pending ones. */
  #writing: Batch | undefined;
  /** `true` once the store has answered asynchronously. */
  #isLate = false;
  /** `true` while the store has not answered for too long. */
  #isHanging = false;
  /** Fires if the store does not answer. */
  #unanswered: TimerId | undefined;
  #isScheduled = false;
  #outage: Outage | undefined;
  /** The jobs of the events that are not stored; computed on demand. */
  #unstoredJobs: Set<string> | undefined;
  readonly #watch: Disposable;
  /** The reason why no more events are stored, once the log is closed. */
  #closedBy: Error | undefined;

  constructor(store: Store, host: CommitHost) {
    this.#store = store;
    this.#host = host;
    this.#watch = StoreWatch.watch(store, (error) => {
      if (this.#outage === undefined) this.#halt(error);
    });
  }

  /** The error of the current outage, if there is one. */
  get error(): Error | undefined {
    return this.#outage?.error;
  }

  /** `true` if too many events wait for a slow store, so that no activation may begin. */
  get isBehind(): boolean {
    return this.#writing !== undefined && this.#pending.events.length >= MAX_BEHIND;
  }

  /** Checks whether the stored state of a job differs from its state in the flow for more than one turn. */
  isBehindOf(jobId: string): boolean {
    return (this.#isLate || this.#outage !== undefined) && this.#isUnstored(jobId);
  }

  #isUnstored(jobId: string): boolean {
    if (this.#unstoredJobs === undefined) {
      this.#unstoredJobs = new Set();
      for (const { jobId } of this.#writing?.events ?? []) this.#unstoredJobs.add(jobId);
      for (const { jobId } of this.#pending.events) this.#unstoredJobs.add(jobId);
    }
    return this.#unstoredJobs.has(jobId);
  }

  /** Adds events of a job. */
  add(job: Job, events: readonly JobEvent[]): void {
    for (const event of events) this.#pending.events.push(event);
    this.#unstoredJobs?.add(job.jobId);
    if (this.#store.isSnapshotDue !== undefined) this.#changed.add(job);
    this.#schedule();
  }

  /** Resolves when all events added so far are stored, possibly only after an outage. */
  settled(): Promise<void> {
    const last = this.#last;
    if (last === undefined) return Promise.resolve();
    if (this.#closedBy !== undefined) return Promise.reject(this.#closedBy);
    const waiting = Promise.withResolvers<void>();
    last.waiting.push(waiting);
    this.#schedule();
    return waiting.promise;
  }

  /**
   * Writes the pending events. Does nothing while a write is in progress, as another one follows it. That
   * includes calls from within `append`, in which a store may report the jobs that it drops.
   */
  flush(): void {
    if (this.#writing !== undefined || this.#closedBy !== undefined) return;
    if (this.#pending.events.length === 0) return this.#outage && this.#check();
    const batch = this.#writing = this.#pending;
    this.#pending = emptyBatch();
    this.#when(append(this.#store, batch.events), (error) => {
      if (error === undefined) this.#stored(batch, batch.events);
      else if (isRefusal(error)) this.#writeRest(batch, error);
      else this.#fail(error, batch);
    });
  }

  /**
   * Writes all events added so far, and resolves when they are stored, or when there is an outage. Awaits
   * every write that it begins.
   */
  async drained(): Promise<void> {
    this.flush();
    const last = this.#last;
    if (last === undefined || this.#closedBy !== undefined) return;
    if (this.#writing === undefined || this.#isHanging) return;
    last.tried ??= Promise.withResolvers();
    await last.tried.promise;
  }

  /** Rejects all waits for events to be stored, as that may never happen. */
  giveUp(reason: Error): void {
    for (const batch of [this.#writing, this.#pending]) {
      for (const { reject } of batch?.waiting.splice(0) ?? []) reject(reason);
    }
  }

  /** Writes the pending events, if the store is synchronous. */
  flushNow(): void {
    if (!this.#isLate) this.flush();
  }

  /**
   * Writes the pending events, if the store is synchronous, and does not use the store again: the remaining
   * events stay pending for ever, and the answer to a write in progress is ignored.
   */
  close(reason: Error): void {
    this.flushNow();
    this.#closedBy ??= reason;
    this.#watch[Symbol.dispose]();
    clearTimer(this.#outage?.timer);
    clearTimer(this.#unanswered);
    this.giveUp(reason);
    for (const batch of [this.#writing, this.#pending]) resolveTried(batch);
  }

  /** Forgets a job that has ended. */
  forget(job: Job): void {
    this.#changed.delete(job);
  }

  #schedule(): void {
    if (this.#isScheduled || this.#writing !== undefined) return;
    if (this.#outage !== undefined || this.#closedBy !== undefined) return;
    this.#isScheduled = true;
    // One write for all events of this turn of the loop.
    microtask(() => {
      this.#isScheduled = false;
      this.flush();
    });
  }

  /** The batch with the latest event that is not stored. */
  get #last(): Batch | undefined {
    return this.#pending.events.length > 0 ? this.#pending : this.#writing;
  }

  /** Acts on the answer of the store, synchronously if the store is synchronous. */
  #when<T>(answer: T | Promise<T>, act: (answer: T) => void): void {
    if (!(answer instanceof Promise)) return act(answer);
    this.#isLate = true;
    this.#awaitAnswer();
    void answer.then((answer) => {
      clearTimer(this.#unanswered);
      this.#isHanging = false;
      if (this.#closedBy === undefined) act(answer);
    });
  }

  #awaitAnswer(): void {
    clearTimer(this.#unanswered);
    this.#unanswered = after(UNANSWERED_MS, () => this.#hang());
    unrefTimer(this.#unanswered);
  }

  /** Begins an outage, as the store has not answered. Its answer ends or continues the outage. */
  #hang(): void {
    this.#isHanging = true;
    for (const batch of [this.#writing, this.#pending]) resolveTried(batch);
    const error = new StoreError(
      `the store has not answered for ${UNANSWERED_MS} ms; its pending events do not count as stored`,
    );
    const before = this.#outage;
    const outage = this.#outage ??= newOutage(error, UNANSWERED_MS);
    if (before === undefined) this.#host.halted(error);
    if (outage.hasLasted) return;
    outage.hasLasted = true;
    this.#host.outlasted(error);
  }

  #check(): void {
    try {
      this.#store.check?.();
    } catch (error) {
      return this.#halt(error as Error);
    }
    if (this.#outage !== undefined) this.#stored(emptyBatch(), []);
  }

  /** Stores the rest of a batch after the store has refused some of its events. */
  #writeRest(batch: Batch, refusal: Error): void {
    const rest = appendRest(this.#store, batch.events, refusal, () => {
      // The store has answered for the part before, if it answers asynchronously.
      if (this.#isLate) this.#awaitAnswer();
      return this.#closedBy === undefined;
    });
    this.#when(rest, ({ stored, refused, error }) => {
      // Later events of these jobs would be refused as well.
      this.#pending = { ...this.#pending, events: without(this.#pending.events, refused) };
      this.#unstoredJobs = undefined;
      for (const [jobId, error] of refused) this.#host.refused(jobId, error);
      if (error === undefined) return this.#stored(batch, stored);
      const done = new Set(stored);
      const left = without(batch.events, refused).filter((event) => !done.has(event));
      this.#fail(error, { ...batch, events: left });
      this.#report(stored);
    });
  }

  /** Reports a stored batch, and ends an outage. */
  #stored(batch: Batch, events: readonly JobEvent[]): void {
    const wasBehind = this.isBehind;
    const outage = this.#outage;
    this.#writing = undefined;
    this.#outage = undefined;
    clearTimer(outage?.timer);
    this.#report(events);
    resolveAll(batch);
    // All events that were added meanwhile belonged to refused jobs.
    if (this.#pending.events.length === 0) resolveAll(this.#pending);
    if (outage !== undefined) this.#host.resumed();
    else if (wasBehind) this.#host.caughtUp();
    if (this.#pending.events.length > 0) this.#schedule();
  }

  #report(events: readonly JobEvent[]): void {
    this.#unstoredJobs = undefined;
    this.#snapshot();
    this.#host.committed(events);
  }

  /** Puts back the events that could not be written, and begins or continues an outage. */
  #fail(error: Error, batch: Batch): void {
    const next = this.#pending;
    // New lists, as the store may still use the lists that were passed to it.
    this.#pending = {
      events: batch.events.concat(next.events),
      waiting: batch.waiting.concat(next.waiting),
      tried: undefined,
    };
    this.#writing = undefined;
    this.#halt(error);
    resolveTried(batch);
    resolveTried(next);
  }

  #halt(error: Error): void {
    const outage = this.#outage;
    if (outage === undefined) {
      this.#outage = newOutage(error, 0);
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
    if (this.#pending.events.length === 0) unrefTimer(outage.timer);
    outage.delay = Math.min(2 * outage.delay, LAST_RETRY_MS);
  }

  /** Takes snapshots of the jobs for which one is due. */
  #snapshot(): void {
    const changed = this.#changed;
    if (changed.size === 0) return;
    this.#changed = new Set();
    for (const job of changed) {
      if (this.#pending.events.length > 0 && this.#isUnstored(job.jobId)) {
        this.#changed.add(job);
        continue;
      }
      takeSnapshot(this.#store, job);
    }
  }
}

/** Events that are written together, and the waits for them to be stored. */
interface Batch {
  readonly events: JobEvent[];
  readonly waiting: PromiseWithResolvers<void>[];
  /** Resolves when they are stored, or when there is an outage; absent if nothing waits for that. */
  tried: PromiseWithResolvers<void> | undefined;
}

function emptyBatch(): Batch {
  return { events: [], waiting: [], tried: undefined };
}

/** Ends the waits for events that are stored. */
function resolveAll(batch: Batch): void {
  for (const { resolve } of batch.waiting.splice(0)) resolve();
  resolveTried(batch);
}

/** Ends the waits for an attempt to store events. Later ones wait for the next attempt. */
function resolveTried(batch: Batch | undefined): void {
  batch?.tried?.resolve();
  if (batch !== undefined) batch.tried = undefined;
}

function without(events: JobEvent[], jobs: ReadonlyMap<string, unknown>): JobEvent[] {
  return jobs.size === 0 ? events : events.filter(({ jobId }) => !jobs.has(jobId));
}

/** Returns an outage that began some milliseconds ago. */
function newOutage(error: Error, ago: number): Outage {
  const since = elapsed() - ago;
  return { error, since, delay: FIRST_RETRY_MS, hasLasted: false, timer: undefined };
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
  /** Called when a slow store has caught up with the events. */
  caughtUp(): void;
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
