import { MillraceError } from "./millrace_error.ts";

/** A job was started under an id that another job of the flow already has. */
export class DuplicateJobError extends MillraceError {
  /** Always `"DuplicateJobError"`. */
  override readonly name = "DuplicateJobError";

  /**
   * Makes the error.
   *
   * @param flowId The flow.
   * @param jobId The id that is taken.
   */
  constructor(flowId: string, jobId: string) {
    super(
      `flow "${flowId}" already has a job "${jobId}"; choose another jobId, or leave it out to have one made`,
      { flowId, jobId },
    );
  }
}
