// The jobs of a run by id, of which ended ones beyond a maximum are dropped. `RunModel` adds them and reports their
// ends.

import { Fifo } from "../data/fifo.ts";
import type { JobEvent } from "../engine/job_event.ts";
import { createdAtOf, type JobTally } from "./job_tally.ts";

/** The number of jobs that were dropped from the list whose repeated events are recognized. */
const MAX_DROPPED = 100_000;

/** The jobs of a run, by id. */
export class JobTallies {
  readonly #maxEnded: number;
  readonly #jobs = new Map<string, JobTally>();
  /** The ended jobs, in the order of their ends. */
  readonly #ended = new Fifo<JobTally>();
  /** The times at which jobs were created that were dropped, by id. */
  readonly #dropped = new Map<string, number>();

  /** @param maxEnded The maximum number of ended jobs. */
  constructor(maxEnded: number) {
    this.#maxEnded = maxEnded;
  }

  /** The jobs that are not dropped. */
  get all(): ReadonlyMap<string, JobTally> {
    return this.#jobs;
  }

  /** Returns a job that is not dropped. */
  get(jobId: string): JobTally | undefined {
    return this.#jobs.get(jobId);
  }

  /** Adds a job. */
  add(job: JobTally): void {
    this.#jobs.set(job.jobId, job);
  }

  /** Removes a job whose id another one has from now on. */
  remove({ jobId }: JobTally): void {
    this.#jobs.delete(jobId);
  }

  /** Called at the end of a job. */
  ended(job: JobTally): void {
    this.#ended.push(job);
    if (this.#ended.size <= this.#maxEnded) return;
    const oldest = this.#ended.shift();
    if (oldest !== undefined && this.#jobs.get(oldest.jobId) === oldest) this.#drop(oldest);
  }

  /** Checks whether an event was folded before its job was dropped: streams and stores may repeat it. */
  wasDropped(event: JobEvent): boolean {
    const createdAt = this.#dropped.get(event.jobId);
    if (createdAt === undefined) return false;
    if (event.type !== "job_started" || createdAtOf(event) === createdAt) return true;
    // The id of a deleted job is used again.
    return !this.#dropped.delete(event.jobId);
  }

  #drop({ jobId, createdAt }: JobTally): void {
    this.#jobs.delete(jobId);
    this.#dropped.set(jobId, createdAt);
    if (this.#dropped.size <= MAX_DROPPED) return;
    const [first] = this.#dropped.keys();
    if (first !== undefined) this.#dropped.delete(first);
  }
}
