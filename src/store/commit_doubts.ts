// Finds out whether an append that has failed was committed nevertheless, as when the answer of a server is
// lost. Used by `MirroredStore`, whose flow appends the same events again.

import type { JobEvent } from "../engine/job_event.ts";
import { DuplicateJobError } from "../errors/job_errors.ts";
import { StoreJobError, StoreValueError } from "../errors/store_errors.ts";
import { isSameEntry } from "./job_records.ts";
import type { StoredJob } from "./store.ts";

/** The errors by which a store says that it has stored nothing. */
const REFUSALS = [DuplicateJobError, StoreJobError, StoreValueError] as const;

/**
 * The events whose append has failed without an answer, by identity. Both sets are empty unless something
 * has failed.
 */
export class CommitDoubts {
  /** The events of each append that has failed, which was committed whole or not at all. */
  readonly #doubtful = new Set<readonly JobEvent[]>();
  /** Events that were committed, though their append has failed. */
  readonly #committed = new Set<JobEvent>();

  /**
   * Looks up events whose append has failed.
   *
   * @param events The events that are about to be appended.
   * @param load Reads a job as it is stored.
   */
  async settle(
    events: readonly JobEvent[],
    load: (jobId: string) => Promise<StoredJob | undefined>,
  ): Promise<void> {
    for (const batch of this.#doubtful) {
      const [first] = batch;
      if (first === undefined || !events.includes(first)) continue;
      const own = batch.filter(({ jobId }) => jobId === first.jobId);
      const isCommitted = isStored(own, await load(first.jobId));
      this.#doubtful.delete(batch);
      if (isCommitted) { for (const event of batch) this.#committed.add(event); }
    }
  }

  /**
   * Appends the events that are not committed yet.
   *
   * @param events The events.
   * @param append Appends some of them, all or none.
   */
  async commit(
    events: readonly JobEvent[],
    append: (events: readonly JobEvent[]) => Promise<void>,
  ): Promise<void> {
    const rest = this.#committed.size === 0
      ? events
      : events.filter((event) => !this.#committed.has(event));
    try {
      if (rest.length > 0) await append(rest);
    } catch (error) {
      if (!REFUSALS.some((kind) => error instanceof kind)) this.#doubtful.add(rest);
      throw error;
    }
    for (const event of events) this.#committed.delete(event);
  }
}

/** Checks whether a stored job has events, which were appended together. */
function isStored(events: readonly JobEvent[], stored: StoredJob | undefined): boolean {
  if (stored === undefined) return false;
  const [first] = events;
  if (first?.type === "job_started") {
    // Another process may have started a job with this id.
    const [other] = stored.events;
    if (other?.type !== "job_started" || other.at !== first.at) return false;
    if (!isSameEntry(other.activation, first.activation)) return false;
  }
  const last = stored.events.at(-1)?.seq ?? stored.snapshot?.seq ?? 0;
  return last >= (events.at(-1)?.seq ?? 0);
}
