import { MillraceError, type MillraceErrorOptions } from "./millrace_error.ts";
import { textOf } from "./text_of.ts";

/**
 * A job was cancelled: the `error` of the job, and the reason with which `ctx.signal` aborts. What
 * was given as the reason is in the message, or is the `cause` if it was an error.
 */
export class JobCancelledError extends MillraceError {
  /** Always `"JobCancelledError"`. */
  override readonly name = "JobCancelledError";

  /**
   * Makes the error.
   *
   * @param jobId The job.
   * @param reason Why.
   * @param options The ids that place the error.
   */
  constructor(jobId: string, reason?: unknown, options?: MillraceErrorOptions) {
    const why = reason instanceof Error ? reason.message : reason;
    super(`job "${jobId}" was cancelled${why === undefined ? "" : `: ${textOf(why)}`}`, {
      ...options,
      ...reason instanceof Error && { cause: reason },
      jobId,
    });
  }
}
