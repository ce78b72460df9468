import { StoreError } from "./store_error.ts";

/** A store was given what belongs to a job that it does not have. */
export class StoreJobError extends StoreError {
  /** Always `"StoreJobError"`. */
  override readonly name = "StoreJobError";

  /**
   * Makes the error.
   *
   * @param jobId The id that no job of the store has.
   */
  constructor(jobId: string) {
    super(`the store has no job "${jobId}"; append its job_started first`, { jobId });
  }
}
