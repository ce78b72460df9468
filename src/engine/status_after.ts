import type { StatusChange } from "./event_table.ts";
import type { JobStatus } from "./job.ts";

/**
 * Returns the status of a job after a change.
 *
 * @param status The status before.
 * @param hasStarted `true` if the job was running before, so that it is not pending when it is resumed.
 */
export function statusAfter(
  status: JobStatus,
  hasStarted: boolean,
  change: StatusChange | undefined,
): JobStatus {
  switch (change) {
    case undefined:
      return status;
    case "begun":
      return status === "pending" ? "running" : status;
    case "resumed":
      return hasStarted ? "running" : "pending";
    default:
      return change;
  }
}
