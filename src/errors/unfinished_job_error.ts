import { StoreError } from "./store_error.ts";

/**
 * A job was to be deleted that has not ended, while its flow is open and may execute it.
 *
 * @example Deleting a job whatever becomes of it
 * ```ts
 * import { type Flow, type Store, UnfinishedJobError } from "@millrace/flow";
 *
 * async function forget(flow: Flow, store: Store, jobId: string): Promise<void> {
 *   try {
 *     store.delete(jobId);
 *   } catch (error) {
 *     if (!(error instanceof UnfinishedJobError)) throw error;
 *     flow.cancel(jobId);
 *     await flow.job(jobId)?.waitForCompletion();
 *     store.delete(jobId);
 *   }
 * }
 * ```
 */
export class UnfinishedJobError extends StoreError {
  /** Always `"UnfinishedJobError"`. */
  override readonly name = "UnfinishedJobError";

  /**
   * Makes the error.
   *
   * @param jobId The job.
   * @param flowId Its flow, which is open.
   */
  constructor(jobId: string, flowId: string) {
    super(
      `job "${jobId}" has not ended; cancel it and wait for its end, or close flow "${flowId}" first`,
      { jobId, flowId },
    );
  }
}
