import type { JobTally } from "./job_tally.ts";

/** The number of jobs among which the longest are looked for. */
const MAX_SCANNED = 100_000;

/** The least number of removed jobs for which the list is compacted. */
const MIN_REMOVED = 1_024;

/**
 * The jobs of a run that have not ended. They are in a list from which removed ones are dropped when they are half of
 * it, as a list makes less garbage than a map of jobs that come and go.
 */
export class OpenJobs {
  /** The jobs, in the order in which they were added. Removed ones are not open. */
  #jobs: JobTally[] = [];
  #size = 0;

  /** The number of jobs. */
  get size(): number {
    return this.#size;
  }

  /** Adds a job. */
  add(job: JobTally): void {
    job.isOpen = true;
    this.#size++;
    this.#jobs.push(job);
  }

  /** Removes a job; returns `false` if it has been removed before. */
  remove(job: JobTally): boolean {
    if (!job.isOpen) return false;
    job.isOpen = false;
    this.#size--;
    const removed = this.#jobs.length - this.#size;
    if (removed >= MIN_REMOVED && removed > this.#size) {
      this.#jobs = this.#jobs.filter(({ isOpen }) => isOpen);
    }
    return true;
  }

  /**
   * Returns the running jobs that were created first, oldest first. Jobs are added in about the order of their creation,
   * and not exactly.
   *
   * @param limit The maximum number of jobs.
   */
  longest(limit: number): JobTally[] {
    const found: JobTally[] = [];
    let scanned = 0;
    for (const job of this.#jobs) {
      if (!job.isOpen) continue;
      if (++scanned > MAX_SCANNED) break;
      if (job.status !== "running") continue;
      if (found.length === limit && job.createdAt >= found.at(-1)!.createdAt) continue;
      found.push(job);
      found.sort((a, b) => a.createdAt - b.createdAt);
      if (found.length > limit) found.pop();
    }
    return found;
  }
}
