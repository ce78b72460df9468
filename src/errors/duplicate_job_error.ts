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
