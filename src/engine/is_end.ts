import type { JobEnded, JobEvent } from "./job_event.ts";

/** Checks whether an event is the end of its job. */
export function isEnd(event: JobEvent): event is JobEnded {
  const { type } = event;
  return type === "job_completed" || type === "job_failed" || type === "job_cancelled";
}
