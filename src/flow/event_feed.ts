import { onAbort } from "../data/abort_listeners.ts";
import { Fifo } from "../data/fifo.ts";
import { isEnd } from "../engine/is_end.ts";
import type { JobEvent } from "../engine/job_event.ts";

/**
 * Options of `flow.events`.
 *
 * @example The events of one job, to its end
 * ```ts
 * import { type EventsOptions, Flow } from "@millrace/flow";
 * import { fibonacci } from "../../examples/fibonacci.ts";
 *
 * await using flow = new Flow({ maxWorkers: 1 }).add("fibonacci", fibonacci);
 * const options: EventsOptions = { jobId: "night" };
 * const events = flow.events(options);
 * flow.start("fibonacci.n", 20, { jobId: "night" });
 * const types: string[] = [];
 * for await (const { type } of events) types.push(type);
 * console.log(types.at(0), types.at(-1)); // job_started job_completed
 * ```
 */
export interface EventsOptions {
  /** Gives the JobEvents of this job alone, and ends with it. */
  readonly jobId?: string;
  /** Ends the iteration. */
  readonly signal?: AbortSignal;
}

/** Hands JobEvents to those who iterate over them; what they have not read yet is kept for them. */
export class EventFeed {
  readonly #readers = new Set<Reader>();
  #isClosed = false;

  /** Gives an event to every reader. */
  publish(event: JobEvent): void {
    for (const reader of this.#readers) reader.push(event);
  }

  /** Ends every iteration, after what is left to read. */
  close(): void {
    this.#isClosed = true;
    for (const reader of this.#readers) reader.end();
  }

  /**
   * Iterates over what is published from now on.
   *
   * @param options What to read.
   * @param isOver Whether there is nothing to come.
   */
  read({ jobId, signal }: EventsOptions, isOver = false): AsyncIterableIterator<JobEvent> {
    const reader = new Reader(jobId, () => {
      this.#readers.delete(reader);
      release();
    });
    this.#readers.add(reader);
    let release = () => {};
    release = onAbort(signal, () => reader.end());
    if (this.#isClosed || isOver) reader.end();
    return reader;
  }
}

class Reader implements AsyncIterableIterator<JobEvent> {
  readonly #jobId: string | undefined;
  readonly #onEnd: () => void;
  readonly #unread = new Fifo<JobEvent>();
  readonly #waiting = new Fifo<(result: IteratorResult<JobEvent>) => void>();
  #isEnded = false;

  constructor(jobId: string | undefined, onEnd: () => void) {
    this.#jobId = jobId;
    this.#onEnd = onEnd;
  }

  push(event: JobEvent): void {
    if (this.#jobId !== undefined && event.jobId !== this.#jobId) return;
    const next = this.#waiting.shift();
    if (next === undefined) this.#unread.push(event);
    else next({ done: false, value: event });
    if (this.#jobId !== undefined && isEnd(event)) this.end();
  }

  end(): void {
    this.#isEnded = true;
    this.#onEnd();
    for (const next of this.#waiting.drain()) next({ done: true, value: undefined });
  }

  next(): Promise<IteratorResult<JobEvent>> {
    const value = this.#unread.shift();
    if (value !== undefined) return Promise.resolve({ done: false, value });
    if (this.#isEnded) return Promise.resolve({ done: true, value: undefined });
    return new Promise((resolve) => this.#waiting.push(resolve));
  }

  return(): Promise<IteratorResult<JobEvent>> {
    this.#unread.drain();
    this.end();
    return Promise.resolve({ done: true, value: undefined });
  }

  [Symbol.asyncIterator](): this {
    return this;
  }
}
