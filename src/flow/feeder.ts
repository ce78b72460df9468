// Takes the items of one source while its job has room, and queues them. `Feeds` makes one for each job that is fed.

import { faithfulCopy } from "../data/faithful_copy.ts";
import { after } from "../data/timer.ts";
import { valueSize } from "../data/value_size.ts";
import type { Job } from "../engine/job.ts";
import { FeedError } from "../errors/job_errors.ts";
import type { NextItem, OpenSource } from "./feed_source.ts";

/** The maximum number of items that are queued at once. */
const BATCH = 256;
/** The number of steps within which a promise counts as fulfilled without a wait. */
const STEPS = 16;

/**
 * Feeds one job. Items that are ready without a wait are queued together, with one JobEvent. While the job has no
 * room, is paused, or cannot be stored, no item is requested; one that was requested before is queued when it comes.
 */
export class Feeder {
  readonly #host: FeederHost;
  readonly #job: Job;
  readonly #source: OpenSource;
  #skipped = 0;
  /** The item that was requested, and was not there when the ones before it were queued. */
  #requested: Promise<NextItem> | undefined;
  /** Ends the wait for room. */
  #goOn: (() => void) | undefined;
  /** `true` while it waits for room in the queue of the flow, with the callers of `flow.whenCapacity`. */
  #isInLine = false;
  /** `true` from its turn among these until it has taken an item, or waits again. */
  #hasTurn = false;
  #isClosed = false;
  /** The number of items since other code had a turn of the event loop. */
  #sinceTurn = 0;

  /**
   * @param host Queues the items.
   * @param job The job.
   * @param source The source of the items.
   */
  constructor(host: FeederHost, job: Job, source: OpenSource) {
    this.#host = host;
    this.#job = job;
    this.#source = source;
  }

  /** Takes all items. Never rejects. */
  async run(): Promise<void> {
    // The code of the source is not called within the call of the user.
    await undefined;
    try {
      while (!this.#isClosed) {
        if (this.#hasRoom(0)) await this.#feed();
        else await this.#wait();
      }
    } catch (thrown) {
      this.#fail(thrown);
    }
  }

  /** Called when the job, or the flow, may have room. */
  release(): void {
    this.#goOn?.();
  }

  /** Ends the source, and takes no more items. */
  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#source.close();
    this.release();
  }

  #hasRoom(taken: number): boolean {
    return this.#host.hasRoom(this.#job, taken, this.#hasTurn);
  }

  async #wait(): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#goOn = resolve;
    this.#hasTurn = false;
    this.#isInLine ||= this.#host.whenTurn(() => {
      this.#isInLine = false;
      this.#hasTurn = true;
      this.release();
    });
    await promise;
    this.#goOn = undefined;
  }

  /** Takes the items that are ready, or the next one, and queues them. */
  async #feed(): Promise<void> {
    const batch: unknown[] = [];
    let isLast = false;
    try {
      isLast = await this.#fill(batch);
    } finally {
      try {
        if (!this.#isClosed) this.#queue(batch);
      } finally {
        this.#host.queued(batch.length);
      }
    }
    if (isLast && !this.#isClosed) {
      this.#host.endFeed(this.#job);
      this.close();
    }
    if (this.#sinceTurn >= BATCH) await this.#turn();
  }

  /**
   * Adds items to a batch, until it is full, has a large one, or the next one is not ready.
   *
   * @returns `true` if there are no more items.
   */
  async #fill(batch: unknown[]): Promise<boolean> {
    // An item may have getters, which may end the job as well.
    while (!this.#isClosed && batch.length < BATCH && this.#hasRoom(batch.length)) {
      const next = this.#requested ?? this.#source.next();
      this.#requested = undefined;
      if (next instanceof Promise && batch.length > 0 && !await isReady(next)) {
        this.#requested = next;
        return false;
      }
      const result = next instanceof Promise ? await next : next;
      if (this.#isClosed) return false;
      if (result.isLast) return true;
      this.#sinceTurn++;
      if (this.#skipped < this.#source.skips) {
        this.#skipped++;
        if (this.#sinceTurn >= BATCH) await this.#turn();
        continue;
      }
      const payload = this.#host.checked(faithfulCopy(result.item, "payload"));
      batch.push(payload);
      this.#hasTurn = false;
      this.#host.take();
      // It counts to the bytes of the high-water mark only when it is queued.
      if (valueSize(payload) > 0) return false;
    }
    return false;
  }

  #queue(batch: readonly unknown[]): void {
    if (batch.length === 0) return;
    try {
      this.#host.queue(this.#job, batch);
    } catch (thrown) {
      if (batch.length === 1) throw thrown;
      // The store refuses one of them, which fails the job after those before it were queued.
      for (const payload of batch) this.#host.queue(this.#job, [payload]);
    }
  }

  #fail(thrown: unknown): void {
    if (this.#isClosed) return;
    const { jobId, flowId, feed } = this.#job;
    const { routineId = "", slot = "", taken = 0 } = feed ?? {};
    const isSkipping = this.#skipped < this.#source.skips;
    const item = (isSkipping ? this.#skipped : taken) + 1;
    const place = { flowId, jobId, routineId, slot };
    this.close();
    this.#host.failFeed(
      this.#job,
      new FeedError(`${routineId}.${slot}`, item, { cause: thrown, ...place }),
    );
  }

  /** Lets other code have a turn of the event loop. */
  async #turn(): Promise<void> {
    this.#sinceTurn = 0;
    await new Promise<void>((goOn) => void after(0, goOn));
  }
}

/** The part of a flow that a `Feeder` uses. */
export interface FeederHost {
  /**
   * Checks whether a job has room for another item.
   *
   * @param taken The number of items of the job that are about to be queued.
   * @param hasTurn `true` if it is its turn among the callers that wait for room in the flow.
   */
  hasRoom(job: Job, taken: number, hasTurn: boolean): boolean;
  /** An item was taken, and is about to be queued. */
  take(): void;
  /**
   * Calls a function when it is the turn of a feed among the callers that wait for room in the flow.
   *
   * @returns `false` if the flow has room and nobody waits, so that the function is not called.
   */
  whenTurn(goOn: () => void): boolean;
  /** Returns a payload if the store can persist it, and throws if not. */
  checked(payload: unknown): unknown;
  /** Queues items of the feed of a job. Throws if the store refuses one. */
  queue(job: Job, payloads: readonly unknown[]): void;
  /** Items that were taken are queued, or dropped with their job. */
  queued(count: number): void;
  /** Ends the feed of a job. */
  endFeed(job: Job): void;
  /** Fails a job, as its feed has failed. */
  failFeed(job: Job, error: FeedError): void;
}

/** Checks whether a promise settles without a wait. Its rejection is handled from now on. */
async function isReady(promise: Promise<unknown>): Promise<boolean> {
  let hasSettled = false;
  const settle = () => void (hasSettled = true);
  promise.then(settle, settle);
  for (let step = 0; step < STEPS && !hasSettled; step++) await undefined;
  return hasSettled;
}
