// Keeps the numbers of a run up to date, for the views of `run_follower.ts` that look at it.
//
// The stream of the source is opened first, then the stored jobs are folded in slices, so that a long history does not
// block the program. Events of a job whose earlier ones are missing, as its turn has not come yet or as the stream was
// too full, make the feed read the job from the store: a gap in the numbers is always filled from there.

import { now } from "../data/clock.ts";
import { after, clearTimer, type TimerId, unrefTimer } from "../data/timer.ts";
import type { JobEvent } from "../engine/job_event.ts";
import { RunModel } from "./run_model.ts";
import type { RunSource, RunStream } from "./run_source.ts";

/** The longest time that a slice of the stored jobs takes, in milliseconds. */
const SLICE = 8;

/**
 * The interval at which events are taken while there are some, in milliseconds. A short one finds them in the caches of
 * the processor, and bounds the number of unread ones.
 */
const BUSY_INTERVAL = 20;

/** The interval while there are no events, in milliseconds. */
const IDLE_INTERVAL = 200;

/** The number of ended jobs in the list, and of stored jobs that are read at the start, if no other is given. */
const MAX_JOBS = 100_000;

/** The number of stored jobs among which those are looked for that have not ended, if the others are not wanted. */
const MAX_OPEN = 10_000;

/** Folds the jobs of a source, as long as a view needs that. */
export class RunFeed implements Disposable {
  /** Resolves when the jobs that were stored at the start are part of the numbers. */
  readonly caughtUp: Promise<void>;
  /** The numbers. They change with `take`. */
  readonly model: RunModel;
  /** `true` if no stored job was left out at the start. */
  readonly isWhole: boolean;
  readonly #source: RunSource;
  readonly #stream: RunStream;
  readonly #options: FeedOptions;
  readonly #caughtUp = Promise.withResolvers<void>();
  /** The stored jobs that are still to be folded, oldest first. */
  #backlog: string[];
  #missed = 0;
  #timer: TimerId | undefined;
  #isDisposed = false;

  /**
   * @param source The run to follow.
   * @param options The size of the list, and the jobs that are read at the start.
   * @throws {StoreError} If the store cannot be read.
   */
  constructor(source: RunSource, options: FeedOptions) {
    this.#source = source;
    this.#options = options;
    const { maxEndedJobs = MAX_JOBS, history } = options;
    this.model = new RunModel({ graph: source.graph, maxEndedJobs });
    this.#stream = source.open();
    try {
      this.#backlog = this.#storedJobs();
    } catch (error) {
      this.#stream[Symbol.dispose]();
      throw error;
    }
    this.isWhole = history || this.#backlog.length === 0;
    this.caughtUp = this.#caughtUp.promise;
    this.#tick();
  }

  /** Resolves when no more events can come. */
  get closed(): Promise<void> {
    return this.#stream.closed;
  }

  /** The number of JobEvents that the stream has dropped. */
  get missed(): number {
    return this.#stream.missed;
  }

  /** Stops following. The numbers remain as they are. */
  [Symbol.dispose](): void {
    if (this.#isDisposed) return;
    this.#tryTake();
    this.#isDisposed = true;
    clearTimer(this.#timer);
    this.#stream[Symbol.dispose]();
    this.#caughtUp.resolve();
  }

  #tick(): void {
    if (this.#isDisposed) return;
    const { version } = this.model;
    this.#tryTake();
    const interval = this.model.version === version ? IDLE_INTERVAL : BUSY_INTERVAL;
    this.#foldBacklog();
    // Between two slices, the program has its turn.
    this.#timer = after(this.#backlog.length > 0 ? 1 : interval, () => this.#tick());
    unrefTimer(this.#timer);
  }

  /** Takes events, unless the store cannot be read now. Nobody waits for this, so an error would end the program. */
  #tryTake(): void {
    try {
      this.take();
    } catch {
      // The views report it, with their own calls.
    }
  }

  /**
   * Folds the events since the last call.
   *
   * @throws {StoreError} If a journal cannot be read.
   */
  take(): void {
    if (this.#isDisposed) return;
    for (const event of this.#stream.take()) {
      if (!this.model.fold(event)) this.#foldStored(event.jobId, event);
    }
    if (this.#stream.missed === this.#missed) return;
    // If the store cannot be read now, the next call tries again.
    this.#backlog = this.#storedJobs();
    this.#missed = this.#stream.missed;
  }

  #foldBacklog(): void {
    const until = now() + SLICE;
    while (this.#backlog.length > 0 && now() < until) {
      const jobId = this.#backlog.pop();
      if (jobId !== undefined && this.#isWanted(jobId)) this.#foldStored(jobId);
    }
    if (this.#backlog.length === 0) this.#caughtUp.resolve();
  }

  #isWanted(jobId: string): boolean {
    if (this.#options.history || this.model.seqOf(jobId) > 0) return true;
    try {
      return this.#source.job(jobId)?.endedAt === undefined;
    } catch {
      return false;
    }
  }

  /** Folds the stored events of a job after those that are known, and then one that was reported. */
  #foldStored(jobId: string, reported?: JobEvent): void {
    const stored = this.#storedEvents(jobId);
    if (stored === undefined) return;
    for (const event of stored) {
      // Events that the retention has dropped cannot be read any more.
      this.model.fold(event, true);
    }
    if (reported !== undefined) this.model.fold(reported, true);
  }

  /**
   * Reads the stored events of a job after those that are known; `undefined` if they cannot be read, as a record of the
   * job is damaged. It is left out then, and read again when another event of it is reported.
   */
  #storedEvents(jobId: string): readonly JobEvent[] | undefined {
    try {
      return this.#source.eventsOf(jobId, this.model.seqOf(jobId));
    } catch {
      return undefined;
    }
  }

  /** Returns the newest stored jobs, in the reverse order of their turns. */
  #storedJobs(): string[] {
    const { history, maxEndedJobs = history ? MAX_JOBS : MAX_OPEN } = this.#options;
    return [...this.#source.latestIds(Math.max(1, maxEndedJobs))].reverse();
  }
}

/** The jobs that a feed folds. */
export interface FeedOptions {
  /** The maximum number of ended jobs in the list, and of stored jobs that are read at the start. */
  readonly maxEndedJobs: number | undefined;
  /** Reads jobs that had ended before the start as well. */
  readonly history: boolean;
}
