// Where JobEvents go once they are stored: to those who iterate over them. `FlowRunner` publishes, and
// waits where a reader asks for that; `Flow` makes the readers.

import { onAbort } from "../data/abort_listeners.ts";
import type { JobEvent } from "../engine/job_event.ts";
import { EventReader, type ReaderHost, type ReaderStart } from "./event_reader.ts";
import type { EventStream, ReaderBound } from "./events_options.ts";

/** Hands JobEvents to those who iterate over them; each gets at its own what it has not read. */
export class EventFeed implements ReaderHost {
  readonly flowId: string;
  /** Called when a job has to wait for its readers, or the flow for those of all jobs, and need not any more. */
  onHold: ((jobId: string | undefined) => void) | undefined;
  /** The readers of single jobs, by job, so that an event costs nothing for those of other jobs. */
  readonly #ofJobs = new Map<string, Set<EventReader>>();
  readonly #ofAll = new Set<EventReader>();
  /** Number of readers that a job has to wait for; under `undefined`, the flow. */
  readonly #holding = new Map<string | undefined, number>();
  /** Releases of the signals that readers listen to. */
  readonly #releases = new Map<EventReader, () => void>();
  #isClosed = false;

  constructor(flowId: string) {
    this.flowId = flowId;
  }

  /** Checks whether all jobs have to wait for a reader. */
  get isHolding(): boolean {
    return this.#holding.has(undefined);
  }

  /** Checks whether a job has to wait for a reader of its own. */
  isHoldingJob(jobId: string): boolean {
    return this.#holding.has(jobId);
  }

  /** Gives an event to the readers that it is for. */
  publish(event: JobEvent): void {
    for (const reader of this.#ofAll) reader.push(event);
    if (this.#ofJobs.size === 0) return;
    const readers = this.#ofJobs.get(event.jobId);
    if (readers !== undefined) { for (const reader of readers) reader.push(event); }
  }

  /** Ends every iteration, after what is left to read. */
  close(): void {
    this.#isClosed = true;
    for (const reader of [...this.#releases.keys()]) reader.end();
  }

  /**
   * Iterates over what is stored, then over what is published from now on.
   *
   * @param start Where to begin.
   * @param bound How much may be unread.
   * @param isOver Whether nothing is to come.
   */
  read(start: ReaderStart, bound: ReaderBound, isOver: boolean): EventStream {
    const reader = new EventReader(this, start, bound);
    if (this.#isClosed || isOver) reader.end();
    else this.#add(reader, start.signal);
    return reader;
  }

  ended(reader: EventReader): void {
    this.#releases.get(reader)?.();
    this.#releases.delete(reader);
    const { jobId } = reader;
    if (jobId === undefined) return void this.#ofAll.delete(reader);
    const readers = this.#ofJobs.get(jobId);
    readers?.delete(reader);
    if (readers?.size === 0) this.#ofJobs.delete(jobId);
  }

  holds({ jobId }: EventReader, isHolding: boolean): void {
    const before = this.#holding.get(jobId) ?? 0;
    const now = before + (isHolding ? 1 : -1);
    if (now > 0) this.#holding.set(jobId, now);
    else this.#holding.delete(jobId);
    if (before === 0 || now === 0) this.onHold?.(jobId);
  }

  #add(reader: EventReader, signal: AbortSignal | undefined): void {
    const { jobId } = reader;
    if (jobId === undefined) this.#ofAll.add(reader);
    else this.#ofJobs.getOrInsertComputed(jobId, () => new Set()).add(reader);
    this.#releases.set(reader, () => {});
    const release = onAbort(signal, () => reader.end());
    // It has ended already if the signal has aborted.
    if (this.#releases.has(reader)) this.#releases.set(reader, release);
  }
}
