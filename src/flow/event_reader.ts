// One iteration over JobEvents: its queue of unread events, and the action when that exceeds its bound.
// `EventFeed` creates the iterations and pushes events to them.

import { Fifo } from "../data/fifo.ts";
import { after, clearTimer, type TimerId } from "../data/timer.ts";
import { isEnd } from "../engine/is_end.ts";
import type { JobEvent } from "../engine/job_event.ts";
import { SlowReaderError } from "../errors/job_errors.ts";
import type { EventStream, ReaderBound } from "./events_options.ts";

/** The iteration of one reader. */
export class EventReader implements EventStream {
  /** The job whose events it reads; absent for all jobs. */
  readonly jobId: string | undefined;
  readonly #host: ReaderHost;
  readonly #signal: AbortSignal | undefined;
  readonly #bound: ReaderBound;
  readonly #stored = new Fifo<JobEvent>();
  readonly #unread = new Fifo<JobEvent>();
  readonly #waiting = new Fifo<PromiseWithResolvers<IteratorResult<JobEvent>>>();
  #listener: ((event: JobEvent) => void) | undefined;
  /** The number of the last event that was pushed, if it reads the events of one job. */
  #seq: number;
  #dropped = 0;
  #isHolding = false;
  #isEnded = false;
  #failure: SlowReaderError | undefined;
  #closed: PromiseWithResolvers<void> | undefined;
  /** The timer that ends the iteration unless events are read in time. */
  #timer: TimerId | undefined;

  constructor(host: ReaderHost, start: ReaderStart, bound: ReaderBound) {
    const { jobId, after, stored, signal } = start;
    this.#host = host;
    this.#signal = signal;
    this.jobId = jobId;
    this.#bound = bound;
    for (const event of stored) this.#stored.push(event);
    this.#seq = Math.max(after, stored.at(-1)?.seq ?? 0);
  }

  get dropped(): number {
    return this.#dropped;
  }

  get closed(): Promise<void> {
    this.#closed ??= Promise.withResolvers();
    if (this.#isEnded) this.#closed.resolve();
    return this.#closed.promise;
  }

  /**
   * Passes events to a function from now on, in the moment in which they are published, instead of queueing them. The
   * views of this package read that way: an event is in the caches of the processor then, and none is left unread.
   *
   * @param listener Must not throw, nor change the flow.
   */
  deliverTo(listener: (event: JobEvent) => void): void {
    this.#listener = listener;
  }

  /** Adds an event, if the iteration does not contain it yet. */
  push(event: JobEvent): void {
    if (this.#isEnded) return;
    if (this.jobId === undefined) return this.#add(event);
    if (event.seq > this.#seq) {
      this.#seq = event.seq;
      this.#add(event);
    }
    if (isEnd(event)) this.end();
  }

  /** Ends the iteration after its unread events. */
  end(): void {
    if (this.#isEnded) return;
    this.#isEnded = true;
    this.#goOn();
    this.#host.ended(this);
    for (const next of this.#waiting.drain()) next.resolve({ done: true, value: undefined });
    this.#closed?.resolve();
  }

  take(): JobEvent[] {
    if (this.#failure !== undefined) {
      const failure = this.#failure;
      this.#failure = undefined;
      throw failure;
    }
    if (this.#signal?.aborted) this.#stored.clear();
    const events = this.#stored.drain().concat(this.#unread.drain());
    if (this.#isHolding) this.#hasRead();
    return events;
  }

  next(): Promise<IteratorResult<JobEvent>> {
    // Events that were pushed before the abort are still delivered, but not the rest of a long history.
    if (this.#stored.size > 0 && this.#signal?.aborted) return this.return();
    const value = this.#stored.shift() ?? this.#unread.shift();
    if (value !== undefined) {
      if (this.#isHolding) this.#hasRead();
      return Promise.resolve({ done: false, value });
    }
    if (this.#failure !== undefined) {
      const failure = this.#failure;
      this.#failure = undefined;
      return Promise.reject(failure);
    }
    if (this.#isEnded) return Promise.resolve({ done: true, value: undefined });
    const next = Promise.withResolvers<IteratorResult<JobEvent>>();
    this.#waiting.push(next);
    return next.promise;
  }

  return(): Promise<IteratorResult<JobEvent>> {
    this.#stored.clear();
    this.#unread.clear();
    this.#failure = undefined;
    clearTimer(this.#timer);
    this.end();
    return Promise.resolve({ done: true, value: undefined });
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  #add(event: JobEvent): void {
    if (this.#listener !== undefined) return this.#listener(event);
    const next = this.#waiting.shift();
    if (next !== undefined) return next.resolve({ done: false, value: event });
    this.#unread.push(event);
    if (this.#isOver) this.#isFull();
  }

  get #isOver(): boolean {
    return this.#unread.size > this.#bound.maxUnread;
  }

  #isFull(): void {
    switch (this.#bound.whenFull) {
      case "drop":
        this.#unread.shift();
        this.#dropped++;
        return;
      case "fail":
        // A reader that keeps up has read all events by then.
        this.#timer ??= after(0, () => this.#look());
        return;
      case "wait":
        if (this.#isHolding) return;
        this.#isHolding = true;
        this.#startClock();
        return this.#host.holds(this, true);
    }
  }

  #look(): void {
    this.#timer = undefined;
    if (!this.#isOver) return;
    const { maxUnread } = this.#bound;
    this.#fail(
      `left ${this.#unread.size} JobEvents unread, more than its maxUnread of ${maxUnread}`,
      'read faster, allow more, or choose "drop" or "wait" by whenFull',
    );
  }

  #startClock(): void {
    const { maxWait } = this.#bound;
    this.#timer = after(maxWait, () =>
      this.#fail(
        `read nothing for ${maxWait} ms while the flow waited for it`,
        "read faster, do not let it wait for the flow, or allow a longer maxWait",
      ));
  }

  #hasRead(): void {
    clearTimer(this.#timer);
    if (this.#unread.size <= this.#bound.maxUnread / 2) this.#goOn();
    else this.#startClock();
  }

  /** Releases the flow or the job that waits for this reader. */
  #goOn(): void {
    if (!this.#isHolding) return;
    this.#isHolding = false;
    clearTimer(this.#timer);
    this.#host.holds(this, false);
  }

  #fail(problem: string, fix: string): void {
    const { jobId } = this;
    const { flowId } = this.#host;
    const whose = jobId === undefined ? `flow "${flowId}"` : `job "${jobId}"`;
    this.#failure = new SlowReaderError(`a reader of ${whose} ${problem}`, { fix, flowId, jobId });
    this.#dropped += this.#unread.size;
    this.#unread.clear();
    this.end();
  }
}

/** Acts on the changes of a reader. */
export interface ReaderHost {
  /** The flow. */
  readonly flowId: string;
  /** Called when the reader takes no more events. */
  ended(reader: EventReader): void;
  /** Called when the flow, or the job of the reader, has to begin or may cease to wait for it. */
  holds(reader: EventReader, isHolding: boolean): void;
}

/** The start of an iteration. */
export interface ReaderStart {
  /** The job whose events it reads; absent for all jobs. */
  readonly jobId: string | undefined;
  /** JobEvents up to this number are left out. */
  readonly after: number;
  /** The stored JobEvents, which are read first. */
  readonly stored: readonly JobEvent[];
  /** Ends the iteration. */
  readonly signal: AbortSignal | undefined;
}
