// Keeps the numbers of a run up to date, for the views of `run_follower.ts` that look at it.
//
// The stream of the source is opened first, then the stored jobs are folded in slices, so that a long history does not
// block the program. An event whose earlier ones are missing, as the turn of its job has not come yet, waits until the
// feed has read the job from the store.

import { now } from "../data/clock.ts";
import { after, clearTimer, type TimerId, unrefTimer } from "../data/timer.ts";
import type { JobEvent } from "../engine/job_event.ts";
import { RunModel } from "./run_model.ts";
import type { RunSource, RunStream } from "./run_source.ts";

/** The longest time that a slice of the stored jobs takes, in milliseconds. */
const SLICE = 8;

/** The interval at which the source is asked for events, in milliseconds. */
const INTERVAL = 100;

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
  /** The events that wait for earlier ones of their jobs, by job. */
  readonly #ahead = new Map<string, JobEvent[]>();
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
    this.#stream = source.open((event) => this.#fold(event));
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
    this.#tryTake();
    this.#foldBacklog();
    if (!this.#isBehind) this.#caughtUp.resolve();
    this.#schedule();
  }

  /** `true` if jobs wait to be read from the store. */
  get #isBehind(): boolean {
    return this.#backlog.length > 0 || this.#ahead.size > 0;
  }

  #schedule(): void {
    clearTimer(this.#timer);
    // Between two slices, the program has its turn.
    this.#timer = after(this.#isBehind ? 1 : INTERVAL, () => this.#tick());
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
   * Asks the source for events, and folds those that wait, for the time of a slice.
   *
   * @throws {StoreError} If a journal cannot be read.
   */
  take(): void {
    if (this.#isDisposed) return;
    this.#stream.poll();
    const until = now() + SLICE;
    for (const [jobId, events] of this.#ahead) {
      this.#ahead.delete(jobId);
      this.#foldStored(jobId, events);
      if (now() >= until) return;
    }
  }

  /** Folds an event. This is called while the flow commits, so it must not fail, nor read a store. */
  #fold(event: JobEvent): void {
    try {
      if (this.model.fold(event)) return;
    } catch {
      // The event is left out.
      return;
    }
    const ahead = this.#ahead.get(event.jobId);
    if (ahead !== undefined) return void ahead.push(event);
    this.#ahead.set(event.jobId, [event]);
    if (this.#ahead.size === 1) this.#schedule();
  }

  #foldBacklog(): void {
    const until = now() + SLICE;
    while (this.#backlog.length > 0 && now() < until) {
      const jobId = this.#backlog.pop();
      if (jobId !== undefined && this.#isWanted(jobId)) this.#foldStored(jobId);
    }
  }

  #isWanted(jobId: string): boolean {
    if (this.#options.history || this.model.seqOf(jobId) > 0) return true;
    try {
      return this.#source.job(jobId)?.endedAt === undefined;
    } catch {
      return false;
    }
  }

  /** Folds the stored events of a job after those that are known, and then those that were reported. */
  #foldStored(jobId: string, reported: readonly JobEvent[] = []): void {
    for (const event of this.#storedEvents(jobId)?.concat(reported) ?? []) {
      // Events that the retention has dropped cannot be read any more.
      this.model.fold(event, true);
    }
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
