import type { JobPage, JobQuery } from "./job_query.ts";
import type { JobTally } from "./job_tally.ts";
import type { JobRow } from "./run_snapshot.ts";

/** The number of jobs on a page by default. */
const PAGE = 100;

/**
 * Lists the jobs that match a query, newest first.
 *
 * @param jobs The jobs.
 * @param query The jobs to list.
 * @param rowOf Returns a job as a row.
 */
export function listJobs(
  jobs: ReadonlyMap<string, JobTally>,
  { status, text = "", offset = 0, limit = PAGE }: JobQuery,
  rowOf: (job: JobTally) => JobRow,
): JobPage {
  const wanted = text.toLowerCase();
  // Jobs that started while older ones were still read from the store come before these.
  const all = [...jobs.values()].sort((a, b) => a.createdAt - b.createdAt);
  const rows: JobRow[] = [];
  let total = 0;
  for (let i = all.length - 1; i >= 0; i--) {
    const job = all[i]!;
    if (status !== undefined && !status.includes(job.status)) continue;
    if (wanted !== "" && !contains(job, wanted)) continue;
    if (total++ >= offset && rows.length < limit) rows.push(rowOf(job));
  }
  return { total, rows };
}

function contains({ jobId, error, progress }: JobTally, wanted: string): boolean {
  const texts = [jobId, error?.name, error?.message, error?.routineId, progress?.data.text];
  return texts.some((text) => text?.toLowerCase().includes(wanted));
}
