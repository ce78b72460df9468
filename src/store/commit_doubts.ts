// Determines whether an append that failed was committed nevertheless, because the answer of the server was
// lost or late. Used by `MirroredStore`, whose flow appends the same events again.

import type { JobEvent } from "../engine/job_event.ts";
import { isRefusal } from "../errors/is_refusal.ts";
import { entryOf, isSameEntry } from "./job_entry.ts";
import type { StoredJob } from "./store.ts";

/**
 * The events whose append has failed without an answer, by identity. All sets are empty unless an append has
 * failed.
 *
 * | events are | entered by                                | left by                                       |
 * | ---------- | ----------------------------------------- | --------------------------------------------- |
 * | doubtful   | an append that fails without an answer    | a lookup that finds them: they are committed  |
 * |            |                                           | an append that succeeds: they were not        |
 * | committed  | the lookup that finds them                | `commit`, when their flow appends them again  |
 *
 * A commit may also land after a lookup that did not find it. The next append of its events is then refused,
 * and they are looked up again before the refusal is passed on.
 */
export class CommitDoubts {
  /** The events of each failed append, which are committed together or not at all. */
  readonly #doubtful = new Set<Set<JobEvent>>();
  readonly #committed = new Set<JobEvent>();
  readonly #load: (jobId: string) => Promise<StoredJob | undefined>;

  /** @param load Reads a job as it is stored. */
  constructor(load: (jobId: string) => Promise<StoredJob | undefined>) {
    this.#load = load;
  }

  /** Returns the events that are not known to be committed, of those that are about to be appended. */
  async open(events: readonly JobEvent[]): Promise<readonly JobEvent[]> {
    if (this.#doubtful.size > 0) await this.#look(events);
    if (this.#committed.size === 0) return events;
    return events.filter((event) => !this.#committed.has(event));
  }

  /**
   * Appends the events that are not committed yet.
   *
   * @param events The events.
   * @param open The events that are not known to be committed.
   * @param append Appends some of them, all or none.
   */
  async commit(
    events: readonly JobEvent[],
    open: readonly JobEvent[],
    append: (events: readonly JobEvent[]) => Promise<void>,
  ): Promise<void> {
    let rest = open;
    while (rest.length > 0) {
      try {
        await append(rest);
        break;
      } catch (error) {
        if (!isRefusal(error)) {
          this.#doubtful.add(new Set(rest));
          throw error;
        }
        const left = await this.open(rest);
        if (left.length === rest.length) throw error;
        rest = left;
      }
    }
    this.#settled(events);
  }

  /** Forgets everything, as nothing will be appended again. */
  clear(): void {
    this.#doubtful.clear();
    this.#committed.clear();
  }

  /** Looks up whether events were committed. */
  async #look(events: readonly JobEvent[]): Promise<void> {
    const wanted = new Set(events);
    for (const batch of [...this.#doubtful]) {
      const [first] = batch;
      if (first === undefined || batch.isDisjointFrom(wanted)) continue;
      if (!isStored(first, await this.#load(first.jobId))) continue;
      this.#doubtful.delete(batch);
      for (const event of batch) this.#committed.add(event);
    }
  }

  #settled(events: readonly JobEvent[]): void {
    if (this.#committed.size > 0) { for (const event of events) this.#committed.delete(event); }
    for (const batch of this.#doubtful) {
      for (const event of events) batch.delete(event);
      if (batch.size === 0) this.#doubtful.delete(batch);
    }
  }
}

/** Checks whether a stored job has an event, and not an event of another process in its place. */
function isStored(event: JobEvent, stored: StoredJob | undefined): boolean {
  if (stored === undefined) return false;
  const { snapshot, events } = stored;
  const found = events.find(({ seq }) => seq === event.seq);
  if (found === undefined) return snapshot !== undefined && event.seq <= snapshot.seq;
  if (found.type !== event.type || found.at !== event.at) return false;
  return found.type !== "job_started" || event.type !== "job_started" ||
    isSameEntry(entryOf(found), entryOf(event));
}
