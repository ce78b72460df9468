import type { JobStatus } from "../engine/job.ts";

/** All statuses of jobs. A status without an entry does not compile. */
export const JOB_STATUSES = Object.keys(
  {
    pending: 0,
    running: 0,
    paused: 0,
    completed: 0,
    failed: 0,
    cancelled: 0,
  } satisfies Record<JobStatus, number>,
) as readonly JobStatus[];
