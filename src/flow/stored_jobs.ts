import { fold } from "../engine/apply.ts";
import { emptyJob, type Job } from "../engine/job.ts";
import type { JobEvent } from "../engine/job_event.ts";
import type { JobWait } from "../engine/job_waits.ts";
import { StoreError } from "../errors/store_errors.ts";
import type { Store } from "../store/store.ts";
import type { CommitLog } from "./commit_log.ts";
import { ownEvents, readable } from "./own_events.ts";

/**
 * The stored states of a flow's jobs. They are behind the states in the flow during an outage of the store,
 * and while an asynchronous store writes their events.
 */
export class StoredJobs {
  readonly #store: Store;
  readonly #log: CommitLog;
  readonly #folded = new Map<string, Job>();
  /** Returns all that a job waits for. */
  readonly waitsOf: (job: Job) => JobWait[];

  /**
   * @param store The store.
   * @param log The log that writes JobEvents to the store.
   * @param waitsOf Returns all that a job waits for.
   */
  constructor(store: Store, log: CommitLog, waitsOf: (job: Job) => JobWait[]) {
    this.#store = store;
    this.#log = log;
    this.waitsOf = waitsOf;
  }

  /**
   * Returns the stored state of a job, if it differs from the state in the flow. A job that cannot be read
   * counts as not stored; once the store is closed, its last state in the flow is shown.
   */
  of(job: Job): Job | undefined {
    const { jobId } = job;
    if (!this.#log.isBehindOf(jobId)) return undefined;
    try {
      return this.#folded.getOrInsertComputed(jobId, () => this.#fold(job));
    } catch (error) {
      return error instanceof StoreError ? unstored(job) : undefined;
    }
  }

  /** Returns the stored JobEvents of a job. */
  eventsOf(job: Job): readonly JobEvent[] {
    return this.readerOf(job)();
  }

  /** Returns a function that returns the JobEvents of a job that are stored now, even if the store drops the job. */
  readerOf(job: Job): () => readonly JobEvent[] {
    if (this.#log.error === undefined) this.#log.flushNow();
    const read = readable(() => this.#store.read(job.jobId));
    return () => ownEvents(job, read);
  }

  /** Called when events were stored. */
  changed(): void {
    this.#folded.clear();
  }

  #fold(job: Job): Job {
    const stored = this.#store.latest(job.jobId);
    if (stored === undefined) return unstored(job);
    // The store may have dropped the beginning of a long history from memory.
    const isWhole = stored.events[0]?.seq === 1 || stored.snapshot !== undefined;
    return isWhole ? fold(stored.events, stored.snapshot) : job;
  }
}

/** Returns the state of a job before its first event. */
function unstored({ jobId, flowId, createdAt, deadline }: Job): Job {
  return emptyJob({ jobId, flowId, at: createdAt, deadline });
}
