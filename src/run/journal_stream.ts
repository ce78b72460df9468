// The events of a journal that another process writes, by looking at it from time to time. `JournalSource` opens it for
// a `RunFollower`.

import { now } from "../data/clock.ts";
import { isEnd } from "../engine/is_end.ts";
import { isEndStatus } from "../engine/is_end_status.ts";
import type { JobEvent } from "../engine/job_event.ts";
import type { Store } from "../store/store.ts";
import type { JournalIndex } from "./journal_index.ts";
import type { RunStream } from "./run_source.ts";

/** The shortest time between two looks at the store, in milliseconds. */
const INTERVAL = 100;

/** The longest time that one look takes, in milliseconds; the next one goes on where it has ended. */
const BUDGET = 25;

/**
 * The JobEvents of a flow that another process appends to a store. It reads only jobs that have not ended, each from
 * its last known event on. The first events of a job that has not ended may have been stored before the stream was
 * opened.
 */
export class JournalStream implements RunStream {
  readonly closed: Promise<void> = new Promise(() => {});
  readonly #store: Store;
  readonly #index: JournalIndex;
  readonly #onEvent: (event: JobEvent) => void;
  readonly #listeners: Set<(jobId: string) => void>;
  readonly #onJob = (jobId: string): void => void this.#open.set(jobId, 0);
  /** The number of the last known event of each job that has not ended. The job that waits longest is first. */
  readonly #open = new Map<string, number>();
  #lookedAt = -Infinity;

  /**
   * @param store The store.
   * @param flowId The flow.
   * @param index The jobs of the store.
   * @param onEvent Called with each event.
   */
  constructor(
    store: Store,
    flowId: string,
    index: JournalIndex,
    onEvent: (event: JobEvent) => void,
  ) {
    this.#store = store;
    this.#onEvent = onEvent;
    this.#index = index;
    const { jobs, listeners } = index.flow(flowId);
    for (const { jobId, status } of jobs.values()) {
      if (!isEndStatus(status)) this.#open.set(jobId, 0);
    }
    this.#listeners = listeners;
    listeners.add(this.#onJob);
  }

  poll(): void {
    if (now() - this.#lookedAt < INTERVAL) return;
    try {
      this.#index.refresh();
      this.#look();
    } finally {
      this.#lookedAt = now();
    }
  }

  [Symbol.dispose](): void {
    // Not looked up again, as the store may not be readable any more.
    this.#listeners.delete(this.#onJob);
    this.#open.clear();
  }

  #look(): void {
    const until = now() + BUDGET;
    let left = this.#open.size;
    for (const [jobId, seq] of this.#open) {
      if (left-- === 0 || now() > until) break;
      this.#open.delete(jobId);
      const last = this.#read(jobId, seq);
      if (last !== undefined) this.#open.set(jobId, last);
    }
  }

  /** Passes on the new events of a job. Returns the number of its last event; `undefined` if no more can come. */
  #read(jobId: string, seq: number): number | undefined {
    try {
      const stored = this.#store.read(jobId, seq);
      if (stored === undefined) return undefined;
      for (const event of stored.events) this.#onEvent(event);
      const last = stored.events.at(-1);
      if (last === undefined) return stored.snapshot?.endedAt === undefined ? seq : undefined;
      return isEnd(last) ? undefined : last.seq;
    } catch {
      // The records of this job are damaged, or the store cannot be read now. Other jobs go on.
      return seq;
    }
  }
}
