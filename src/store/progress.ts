import { statusChangeOf } from "../engine/event_table.ts";
import { isEndStatus } from "../engine/is_end_status.ts";
import type { JobStatus } from "../engine/job.ts";
import type { JobEvent } from "../engine/job_event.ts";
import { statusAfter } from "../engine/status_after.ts";
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
  job.status = statusAfter(job.status, job.hasStarted, statusChangeOf(event));
  if (job.status === "running") job.hasStarted = true;
  if (isEndStatus(job.status)) job.endedAt ??= event.at;
}

/** The statuses of jobs that have not ended. */
export const UNFINISHED: readonly JobStatus[] = ["pending", "running", "paused"];
