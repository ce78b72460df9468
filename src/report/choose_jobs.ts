/**
 * Chooses the jobs that are shown in detail: of the failed ones the newest, up to half of all, then the longest, up to
 * three quarters of all, and the newest.
 *
 * @param jobs The jobs, oldest first.
 * @param maxJobs The maximum number of jobs.
 * @returns The ids of the chosen jobs, in their order.
 */
export function chooseJobs(jobs: readonly Candidate[], maxJobs: number): string[] {
  if (jobs.length <= maxJobs) return jobs.map(({ jobId }) => jobId);
  const chosen = new Set<Candidate>();
  const add = (some: readonly Candidate[], most: number) => {
    for (const job of some) {
      if (chosen.size >= most) return;
      chosen.add(job);
    }
  };
  const newest = jobs.toReversed();
  add(newest.filter(({ isFailed }) => isFailed), Math.ceil(maxJobs / 2));
  add(jobs.toSorted((a, b) => b.duration - a.duration), Math.ceil(maxJobs * 3 / 4));
  add(newest, maxJobs);
  return jobs.filter((job) => chosen.has(job)).map(({ jobId }) => jobId);
}

/** A job that may be part of a report in detail. */
export interface Candidate {
  /** The job. */
  readonly jobId: string;
  /** `true` if it failed. */
  readonly isFailed: boolean;
  /** Its duration so far, in milliseconds. */
  readonly duration: number;
}
