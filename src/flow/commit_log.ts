import { microtask } from "../data/microtask.ts";
import type { Job } from "../engine/job.ts";
import type { JobEvent } from "../engine/job_event.ts";
import type { Store } from "../store/store.ts";

/** What is to happen once JobEvents are kept. */
export interface CommitHost {
  /** They are. */
  committed(events: readonly JobEvent[]): void;
  /** They could not be kept; nothing new may start until {@linkcode CommitLog.flush} succeeds. */
  halted(error: Error): void;
}

/** A snapshot pays once so many JobEvents have come since the last. */
const SNAPSHOT_EVENTS = 10_000;

/**
 * Gives JobEvents to the store: those of one turn of the loop together, and only then to those who are
 * to learn of them.
 */
export class CommitLog {
  readonly #store: Store;
  readonly #host: CommitHost;
  /** How many JobEvents of each job came since its last snapshot. */
  readonly #unsaved = new Map<Job, number>();
  /** The jobs that something happened to since the last commit. */
  #changed = new Set<Job>();
  #pending: JobEvent[] = [];
  #waiting: PromiseWithResolvers<void>[] = [];
  #isScheduled = false;
  #halted: Error | undefined;

  constructor(store: Store, host: CommitHost) {
    this.#store = store;
    this.#host = host;
  }

  /** What keeps JobEvents from being kept, if anything does. */
  get error(): Error | undefined {
    return this.#halted;
  }

  /** Adds what happened to a job. */
  add(job: Job, events: readonly JobEvent[]): void {
    for (const event of events) this.#pending.push(event);
    if (this.#store.isDurable) {
      this.#unsaved.set(job, (this.#unsaved.get(job) ?? 0) + events.length);
      this.#changed.add(job);
    }
    this.#schedule();
  }

  /** Resolves when all that was added is kept, also if that takes until there is room again. */
  settled(): Promise<void> {
    if (this.#pending.length === 0) return Promise.resolve();
    const waiting = Promise.withResolvers<void>();
    this.#waiting.push(waiting);
    this.#schedule();
    return waiting.promise;
  }

  /** Keeps what was added. */
  flush(): void {
    if (this.#pending.length === 0) return;
    const events = this.#pending;
    try {
      this.#store.append(events);
    } catch (error) {
      return this.#halt(error as Error);
    }
    this.#halted = undefined;
    this.#pending = [];
    const waiting = this.#waiting;
    this.#waiting = [];
    this.#snapshot();
    this.#host.committed(events);
    for (const { resolve } of waiting) resolve();
  }

  /** Tells those who wait that what was added may never be kept. */
  giveUp(reason: Error): void {
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const { reject } of waiting) reject(reason);
  }

  /** Forgets a job that has ended. */
  forget(job: Job): void {
    this.#unsaved.delete(job);
  }

  #schedule(): void {
    if (this.#isScheduled || this.#halted !== undefined) return;
    this.#isScheduled = true;
    // Once for all that happens in this turn of the loop.
    microtask(() => {
      this.#isScheduled = false;
      this.flush();
    });
  }

  #halt(error: Error): void {
    this.#halted = error;
    this.#host.halted(error);
  }

  /** Writes of a snapshot must cost less than the events that it spares a recovery. */
  #snapshot(): void {
    const changed = this.#changed;
    if (changed.size === 0) return;
    this.#changed = new Set();
    for (const job of changed) {
      const size = job.live.size + job.sharedLog.length + job.sharedData.size;
      if ((this.#unsaved.get(job) ?? 0) < Math.max(SNAPSHOT_EVENTS, 10 * size)) continue;
      try {
        this.#store.snapshot(job);
        this.#unsaved.set(job, 0);
      } catch {
        // The events are kept, so nothing is lost; the next commit of the job tries again.
      }
    }
  }
}
