import { MillraceError } from "./millrace_error.ts";

/**
 * A job was started under an id that another job of the flow already has.
 *
 * @example Going on with the job that is there
 * ```ts
 * import { DuplicateJobError, Flow, type JobState } from "@millrace/flow";
 * import { fibonacci } from "../../examples/fibonacci.ts";
 *
 * await using flow = new Flow().add("fibonacci", fibonacci);
 * flow.pause();
 *
 * function startOnce(jobId: string): JobState | undefined {
 *   try {
 *     return flow.start("fibonacci.n", 20, { jobId });
 *   } catch (error) {
 *     if (error instanceof DuplicateJobError) return flow.job(jobId);
 *     throw error;
 *   }
 * }
 * console.log(startOnce("nightly")?.jobId === startOnce("nightly")?.jobId); // true
 * ```
 */
export class DuplicateJobError extends MillraceError {
  /** Always `"DuplicateJobError"`. */
  override readonly name = "DuplicateJobError";

  /**
   * Makes the error.
   *
   * @param flowId The flow.
   * @param jobId The id that is taken.
   * @param difference How the other job differs, where the same one would be welcome.
   */
  constructor(flowId: string, jobId: string, difference?: string) {
    super(
      `flow "${flowId}" already has a job "${jobId}"${
        difference === undefined ? "" : ` ${difference}`
      }; choose another jobId, or leave it out to have one made`,
      { flowId, jobId },
    );
  }
}
