import type { JobStatus } from "../engine/job.ts";
import type { JobEvent } from "../engine/job_event.ts";
import { StoreJobError } from "../errors/store_errors.ts";

/** The progress of a job: its status, and the facts on which its next status depends. */
export interface Progress {
  /** The status. */
  status: JobStatus;
  /** `true` if the job has run, so that it is not pending when it is resumed. */
  hasStarted: boolean;
  /** The number of its last event. */
  seq: number;
  /** The time at which it ended, in epoch milliseconds. */
  endedAt: number | undefined;
}

/** Returns the progress of a job before its first event. */
export function noProgress(): Progress {
  return { status: "pending", hasStarted: false, seq: 0, endedAt: undefined };
}

/**
 * Refuses an event that does not follow the last one of its job.
 *
 * @param seq The number of the last event of its job.
 * @param event The event.
 * @throws {StoreJobError} If the event does not follow the last one.
 */
export function checkNext(seq: number, event: JobEvent): void {
  if (event.seq === seq + 1) return;
  const problem = `has ${seq} events, and event ${event.seq} does not follow on them; ` +
    "append the events of a job in order, and each once";
  throw new StoreJobError(event.jobId, problem);
}

/** Updates the progress of a job with an event. A store needs no other part of the fold. */
export function advance(job: Progress, event: JobEvent): void {
  job.seq = event.seq;
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
      return end(job, "completed", event);
    case "job_failed":
      return end(job, "failed", event);
    case "job_cancelled":
      return end(job, "cancelled", event);
  }
}

function end(job: Progress, status: JobStatus, { at }: JobEvent): void {
  job.status = status;
  job.endedAt ??= at;
}

function run(job: Progress): void {
  job.status = "running";
  job.hasStarted = true;
}

/** Checks whether a status means that the job has ended. */
export function isEndStatus(status: JobStatus): boolean {
  return status === "completed" || status === "failed" || status === "cancelled";
}
