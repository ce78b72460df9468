import type { JobState } from "../flow/job_state.ts";
import { JobView } from "../flow/job_view.ts";

/** Returns the values of a job without copying them, as their size has no bound. */
export function valuesOf(job: JobState): JobValues {
  if (!(job instanceof JobView)) return job;
  const { sharedData, sharedLog, routineStates } = job.shown;
  return {
    sharedData: Object.fromEntries(sharedData),
    sharedLog,
    routineStates: Object.fromEntries(routineStates ?? []),
  };
}

/** The values of a job, which must not be changed. */
export type JobValues = Pick<JobState, "sharedData" | "sharedLog" | "routineStates">;
