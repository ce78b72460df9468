// Delivers JobEvents that are stored to the iterations over them. `FlowRunner` publishes the events, and
// waits for readers that require it; `Flow` creates the readers.

import { onAbort } from "../data/on_abort.ts";
import type { JobEvent } from "../engine/job_event.ts";
import { EventReader, type ReaderHost, type ReaderStart } from "./event_reader.ts";
import type { EventStream, ReaderBound } from "./events_options.ts";

/** Delivers JobEvents to readers, each of which has a queue of its own. */
export class EventFeed implements ReaderHost {
  readonly flowId: string;
  /** Called when a job begins or ceases to wait for its readers, or the flow for the readers of all jobs. */
  onHold: ((jobId: string | undefined) => void) | undefined;
  /**
   * The readers of single jobs, by job, so that the cost of an event does not depend on readers of other
   * jobs.
   */
  readonly #ofJobs = new Map<string, Set<EventReader>>();
  readonly #ofAll = new Set<EventReader>();
  /**
   * The number of readers for which a job has to wait; under `undefined`, those for which the flow has to.
   */
  readonly #holding = new Map<string | undefined, number>();
  /** Functions that remove the listeners of readers from their signals. */
  readonly #releases = new Map<EventReader, () => void>();
  #isClosed = false;

  constructor(flowId: string) {
    this.flowId = flowId;
  }

  /** `true` if all jobs have to wait for a reader. */
  get isHolding(): boolean {
    return this.#holding.has(undefined);
  }

  /** Checks whether a job has to wait for a reader of its own. */
  isHoldingJob(jobId: string): boolean {
    return this.#holding.has(jobId);
  }

  /** Delivers an event to the readers of its job and of all jobs. */
  publish(event: JobEvent): void {
    for (const reader of this.#ofAll) reader.push(event);
    if (this.#ofJobs.size === 0) return;
    const readers = this.#ofJobs.get(event.jobId);
    if (readers !== undefined) { for (const reader of readers) reader.push(event); }
  }

  /** Ends the iterations over the events of one job after their unread ones, as no more can come. */
  end(jobId: string): void {
    for (const reader of [...this.#ofJobs.get(jobId) ?? []]) reader.end();
  }

  /** Ends every iteration after its unread events. */
  close(): void {
    this.#isClosed = true;
    for (const reader of [...this.#releases.keys()]) reader.end();
  }

  /**
   * Creates an iteration over the stored events, followed by those published from now on.
   *
   * @param start The start of the iteration.
   * @param bound The bound on unread events.
   * @param isOver `true` if no more events can come, so that the iteration ends after the stored ones.
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
    // The reader has ended already if the signal was aborted.
    if (this.#releases.has(reader)) this.#releases.set(reader, release);
  }
}
