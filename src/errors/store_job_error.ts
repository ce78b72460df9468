import { StoreError } from "./store_error.ts";

/**
 * A store was given what belongs to a job that it does not have, or does not follow on what it has.
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
   * @param jobId The id of the job.
   * @param problem What is wrong. By default, that the store has no such job.
   */
  constructor(jobId: string, problem = "is not in the store; append its job_started first") {
    super(`job "${jobId}" ${problem}`, { jobId });
  }
}
