import { StoreError } from "./store_error.ts";

/**
 * A store was given what belongs to a job that it does not have.
 *
 * @example An event of a job that was never started
 * ```ts
 * import { MemoryStore, StoreJobError } from "@millrace/flow";
 *
 * const store = new MemoryStore();
 * try {
 *   store.append([{ type: "job_completed", jobId: "job_1", seq: 1, at: Date.now() }]);
 * } catch (error) {
 *   console.log(error instanceof StoreJobError); // true
 * }
 * ```
 */
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
