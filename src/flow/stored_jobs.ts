import { fold } from "../engine/apply.ts";
import { emptyJob, type Job } from "../engine/job.ts";
import type { JobEvent } from "../engine/job_event.ts";
import { StoreError } from "../errors/store_errors.ts";
import type { Store, StoredJob } from "../store/store.ts";
import type { CommitLog } from "./commit_log.ts";
import { ownEvents } from "./own_events.ts";

/**
 * The stored states of a flow's jobs. During an outage of the store, they are behind the states in the flow.
 */
export class StoredJobs {
  readonly #store: Store;
  readonly #log: CommitLog;
  readonly #folded = new Map<string, Job>();

  /**
   * @param store The store.
   * @param log The log that writes JobEvents to the store.
   */
  constructor(store: Store, log: CommitLog) {
    this.#store = store;
    this.#log = log;
  }

  /** Returns the stored state of a job, if it differs from the state in the flow. */
  of(job: Job): Job | undefined {
    const { jobId } = job;
    if (this.#log.error === undefined || !this.#log.isPending(jobId)) return undefined;
    return this.#folded.getOrInsertComputed(jobId, () => {
      const stored = this.#stored(jobId);
      if (stored !== undefined) return fold(stored.events, stored.snapshot);
      const { flowId, createdAt, deadline } = job;
      return emptyJob({ jobId, flowId, at: createdAt, deadline });
    });
  }

  /** What cannot be read is not known to be stored: the flow's error has the reason. */
  #stored(jobId: string): StoredJob | undefined {
    try {
      return this.#store.latest(jobId);
    } catch (error) {
      if (error instanceof StoreError) return undefined;
      throw error;
    }
  }

  /** The JobEvents of a job that are stored. */
  eventsOf(job: Job): readonly JobEvent[] {
    if (this.#log.error === undefined) this.#log.flush();
    return ownEvents(job, () => this.#store.read(job.jobId));
  }

  /** Called when events were stored. */
  changed(): void {
    this.#folded.clear();
  }

  #fold({ jobId, flowId, createdAt, deadline }: Job): Job {
    const stored = this.#store.latest(jobId);
    if (stored !== undefined) return fold(stored.events, stored.snapshot);
    return emptyJob({ jobId, flowId, at: createdAt, deadline });
  }
}
