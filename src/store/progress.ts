import type { JobStatus } from "../engine/job.ts";
import type { JobEvent } from "../engine/job_event.ts";

/** How far a job is: its status, and what the next depends on. */
export interface Progress {
  /** How it is. */
  status: JobStatus;
  /** Whether it has run, and so is not pending when it is resumed. */
  hasStarted: boolean;
}

/** How far a job is before its first event. */
export function noProgress(): Progress {
  return { status: "pending", hasStarted: false };
}

/** Takes an event into account as folding it would, of which a store needs no more than this. */
export function advance(job: Progress, event: JobEvent): void {
  switch (event.type) {
    case "job_started": {
      const { dueAt } = event.activation;
      if (dueAt === undefined || dueAt <= event.at) run(job);
      return;
    }
    case "activation_started":
      if (job.status === "pending") run(job);
      return;
    case "job_paused":
      job.status = "paused";
      return;
    case "job_resumed":
      job.status = job.hasStarted ? "running" : "pending";
      return;
    case "job_recovered":
      if (event.fresh) run(job);
      return;
    case "job_completed":
      job.status = "completed";
      return;
    case "job_failed":
      job.status = "failed";
      return;
    case "job_cancelled":
      job.status = "cancelled";
  }
}

function run(job: Progress): void {
  job.status = "running";
  job.hasStarted = true;
}

/** Whether a status is an end. */
export function isEndStatus(status: JobStatus): boolean {
  return status === "completed" || status === "failed" || status === "cancelled";
}
