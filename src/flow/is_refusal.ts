import { DuplicateJobError } from "../errors/job_errors.ts";
import { StoreJobError, StoreValueError } from "../errors/store_errors.ts";

/** Errors of a store that come again whenever the same JobEvents are written. */
const REFUSALS = [DuplicateJobError, StoreJobError, StoreValueError] as const;

/** Checks whether a store refuses JobEvents for what they are, and not because it cannot write. */
export function isRefusal(error: unknown): error is Error {
  return REFUSALS.some((kind) => error instanceof kind);
}
