import type { JobStatus } from "./job.ts";

/** Checks whether a status means that the job has ended. */
export function isEndStatus(status: JobStatus): boolean {
  return status === "completed" || status === "failed" || status === "cancelled";
}
