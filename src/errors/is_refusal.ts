import { DuplicateJobError } from "./job_errors.ts";
import { StoreCorruptError, StoreJobError, StoreValueError } from "./store_errors.ts";

/** The errors of a store that recur whenever the same JobEvents are written. */
const REFUSALS = [DuplicateJobError, StoreJobError, StoreValueError] as const;

/** Checks whether a store refuses JobEvents for their content, and not because it cannot be written. */
export function isRefusal(error: unknown): error is Error {
  if (REFUSALS.some((kind) => error instanceof kind)) return true;
  // An error with a job means that its records are damaged, while the file can be written.
  return error instanceof StoreCorruptError && error.jobId !== undefined;
}
