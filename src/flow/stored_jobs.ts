import { fold } from "../engine/apply.ts";
import { emptyJob, type Job } from "../engine/job.ts";
import type { JobEvent } from "../engine/job_event.ts";
import type { Store } from "../store/store.ts";
import type { CommitLog } from "./commit_log.ts";

/** The jobs of a flow as its store has them: during an outage of the store, the flow is ahead of that. */
export class StoredJobs {
  readonly #store: Store;
  readonly #log: CommitLog;
  readonly #folded = new Map<string, Job>();

  /**
   * @param store The store.
   * @param log What brings JobEvents to the store.
   */
  constructor(store: Store, log: CommitLog) {
    this.#store = store;
    this.#log = log;
  }

  /** A job as it is stored, where that is not how the flow has it. */
  of(job: Job): Job | undefined {
    const { jobId } = job;
    if (this.#log.error === undefined || !this.#log.isPending(jobId)) return undefined;
    return this.#folded.getOrInsertComputed(jobId, () => {
      const stored = this.#store.latest(jobId);
      if (stored !== undefined) return fold(stored.events, stored.snapshot);
      const { flowId, createdAt, deadline } = job;
      return emptyJob({ jobId, flowId, at: createdAt, deadline });
    });
  }

  /** The JobEvents of a job that are stored. */
  eventsOf(jobId: string): readonly JobEvent[] {
    if (this.#log.error === undefined) this.#log.flush();
    return this.#store.read(jobId)?.events ?? [];
  }

  /** Something was stored. */
  changed(): void {
    this.#folded.clear();
  }
}
