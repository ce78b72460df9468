import type { JobState } from "@millrace/flow";

/** The numbers of failures, retries and other troubles in all jobs. */
export interface Troubles {
  /** Jobs that have not ended. */
  readonly unfinished: number;
  /** Attempts that failed. */
  readonly failures: number;
  /** Attempts that failed and were followed by another. */
  readonly retries: number;
  /** Activations that failed for good and were skipped. */
  readonly skipped: number;
}

/** Counts the troubles of jobs. */
export function troublesOf(
  jobs: readonly Pick<JobState, "counts" | "endedAt">[],
): Troubles {
  const sum = (of: (counts: JobState["counts"]) => number) =>
    jobs.reduce((sum, { counts }) => sum + of(counts), 0);
  return {
    unfinished: jobs.filter(({ endedAt }) => endedAt === undefined).length,
    failures: sum(({ retries, skipped, failed }) => retries + skipped + failed),
    retries: sum(({ retries }) => retries),
    skipped: sum(({ skipped }) => skipped),
  };
}
