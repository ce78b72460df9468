// The jobs of a store by flow, without their events. `JournalSources` creates it, and `JournalSource` and
// `JournalStream` ask it. Another process may write the store: each refresh lists only jobs that are newer than the
// last known one, and those that have not ended, so that its cost does not grow with the journal.

import { now } from "../data/clock.ts";
import { isEndStatus } from "../engine/is_end_status.ts";
import type { JobStatus } from "../engine/job.ts";
import type { JobSummary, Store, StoredJob } from "../store/store.ts";

/** The statuses of jobs that have not ended. */
const UNFINISHED: readonly JobStatus[] = ["pending", "running", "paused"];

/** The shortest time between two refreshes, in milliseconds. */
const INTERVAL = 100;

/** The number of jobs that are listed at once. */
const PAGE = 1_000;

/** The longest time for which the ends of jobs are looked up in one refresh, in milliseconds. */
const BUDGET = 25;

/** The jobs of a store, and the flows to which they belong. */
export class JournalIndex {
  readonly #store: Store;
  readonly #flows = new Map<string, IndexedFlow>();
  readonly #unfinished = new Map<string, JobSummary>();
  /** Jobs that are not listed as unfinished any more, whose end has to be looked up. */
  readonly #ending = new Map<string, JobSummary>();
  #refreshedAt = -Infinity;

  /** @param store The store. */
  constructor(store: Store) {
    this.#store = store;
  }

  /** The flows, in the order of their first jobs. */
  get flows(): ReadonlyMap<string, IndexedFlow> {
    this.refresh();
    return this.#flows;
  }

  /** Returns a flow, which may have no job yet. */
  flow(flowId: string): IndexedFlow {
    this.refresh();
    return this.#flowOf(flowId);
  }

  /** Reads the changes since the last refresh, unless that was a moment ago. */
  refresh(): void {
    if (now() - this.#refreshedAt < INTERVAL) return;
    try {
      this.#addNew();
      this.#update();
    } finally {
      this.#refreshedAt = now();
    }
  }

  #addNew(): void {
    const isFirst = this.#flows.size === 0;
    // Reading all jobs at once takes less time than reading them in pages.
    let page = this.#store.jobs(isFirst ? {} : { limit: PAGE });
    const found = isFirst ? page : [];
    while (!isFirst && page.length > 0) {
      const fresh = page.filter((job) => !this.#isKnown(job));
      for (const job of fresh) found.push(job);
      if (fresh.length < page.length) break;
      page = this.#store.jobs({ limit: PAGE, after: page.at(-1)!.cursor });
    }
    for (let i = found.length - 1; i >= 0; i--) this.#add(found[i]!);
  }

  #isKnown({ jobId, flowId, createdAt }: JobSummary): boolean {
    // The id of a deleted job can be used again.
    return this.#flows.get(flowId)?.jobs.get(jobId)?.createdAt === createdAt;
  }

  #add(job: JobSummary): void {
    const { jobId, flowId, status } = job;
    const flow = this.#flowOf(flowId);
    // A job whose id was used before is listed at its own place.
    if (flow.jobs.has(jobId)) flow.jobs.delete(jobId);
    flow.jobs.set(jobId, job);
    flow.newest = jobId;
    if (!isEndStatus(status)) this.#unfinished.set(jobId, job);
    for (const onJob of flow.listeners) onJob(jobId);
  }

  #update(): void {
    if (this.#unfinished.size > 0) {
      const listed = this.#store.jobs({ status: UNFINISHED });
      const statuses = new Map(listed.map(({ jobId, status }) => [jobId, status]));
      for (const [jobId, job] of this.#unfinished) {
        const status = statuses.get(jobId);
        if (status === undefined) {
          this.#unfinished.delete(jobId);
          this.#ending.set(jobId, job);
        } else if (status !== job.status) {
          this.#unfinished.set(jobId, this.#changed(job, status, undefined));
        }
      }
    }
    const until = now() + BUDGET;
    for (const [jobId, job] of this.#ending) {
      if (now() > until) return;
      this.#ending.delete(jobId);
      this.#look(job);
    }
  }

  /** Looks up the end of a job, which may have been deleted. */
  #look(job: JobSummary): void {
    try {
      const end = endOf(this.#store.latest(job.jobId));
      if (end === undefined) return this.forget(job);
      this.#changed(job, end.status, end.endedAt);
    } catch {
      // A job whose records are damaged remains in the list; opening it shows the error.
    }
  }

  /** Removes a job that is not in the store any more. */
  forget({ jobId, flowId }: JobSummary): void {
    this.#flows.get(flowId)?.jobs.delete(jobId);
    this.#unfinished.delete(jobId);
  }

  #changed(job: JobSummary, status: JobStatus, endedAt: number | undefined): JobSummary {
    const changed = { ...job, status, endedAt };
    this.#flows.get(job.flowId)?.jobs.set(job.jobId, changed);
    return changed;
  }

  #flowOf(flowId: string): IndexedFlow {
    return this.#flows.getOrInsertComputed(flowId, () => ({
      jobs: new Map(),
      newest: undefined,
      listeners: new Set(),
    }));
  }
}

/** A flow of a store. */
export interface IndexedFlow {
  /** Its jobs by id, oldest first. */
  readonly jobs: Map<string, JobSummary>;
  /** The job that was found last. */
  newest: string | undefined;
  /** Functions that are called with each job that is found. */
  readonly listeners: Set<(jobId: string) => void>;
}

/** Returns the status of a stored job; `undefined` if there is no such job. */
function endOf(
  stored: StoredJob | undefined,
): { readonly status: JobStatus; readonly endedAt: number | undefined } | undefined {
  const last = stored?.events.at(-1);
  switch (last?.type) {
    case "job_completed":
      return { status: "completed", endedAt: last.at };
    case "job_failed":
      return { status: "failed", endedAt: last.at };
    case "job_cancelled":
      return { status: "cancelled", endedAt: last.at };
    default:
      return stored?.snapshot;
  }
}
