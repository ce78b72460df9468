import { MillraceError } from "./millrace_error.ts";

/** A flow was asked about a job that is not one of its own. */
export class UnknownJobError extends MillraceError {
  /** Always `"UnknownJobError"`. */
  override readonly name = "UnknownJobError";

  /**
   * Makes the error.
   *
   * @param flowId The flow.
   * @param jobId The id that no job of it has.
   */
  constructor(flowId: string, jobId: string) {
    super(`flow "${flowId}" has no job "${jobId}"; its jobs are listed in flow.jobs`, {
      flowId,
      jobId,
    });
  }
}
