import type { JobStatus } from "../engine/job.ts";
import type { JobEvent } from "../engine/job_event.ts";

/** The status of a job after an event, as folding the event would make it. */
export function statusAfter(status: JobStatus, event: JobEvent): JobStatus {
  switch (event.type) {
    case "job_started": {
      const { dueAt } = event.activation;
      return dueAt === undefined || dueAt <= event.at ? "running" : "pending";
    }
    case "activation_started":
      return status === "pending" ? "running" : status;
    case "job_paused":
      return "paused";
    case "job_resumed":
      return "running";
    case "job_completed":
      return "completed";
    case "job_failed":
      return "failed";
    case "job_cancelled":
      return "cancelled";
    default:
      return status;
  }
}

/** Whether a status is an end. */
export function isEnd(status: JobStatus): boolean {
  return status === "completed" || status === "failed" || status === "cancelled";
}
