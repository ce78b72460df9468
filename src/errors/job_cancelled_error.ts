import { isError } from "./is_error.ts";
import { MillraceError, type MillraceErrorOptions } from "./millrace_error.ts";
import { textOf } from "./text_of.ts";

/**
 * A job was cancelled: the `error` of the job, and the reason with which `ctx.signal` aborts. What
 * was given as the reason is in the message, and is the `cause` if it was an error or another object: whole,
 * but for what cannot be cloned, which is replaced by its text.
 *
 * @example A job that was cancelled for a reason
 * ```ts
 * import { Flow, JobCancelledError } from "@millrace/flow";
 * import { fibonacci } from "../../examples/fibonacci.ts";
 *
 * await using flow = new Flow().add("fibonacci", fibonacci);
 * flow.pause();
 * const job = flow.start("fibonacci.n", 20, { jobId: "night" });
 * await flow.cancel(job, "no longer needed").waitForCompletion();
 * console.log(job.error instanceof JobCancelledError); // true
 * console.log(job.error?.message); // job "night" was cancelled: no longer needed
 * ```
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
    super(`job "${jobId}" was cancelled${whyOf(reason)}`, {
      ...options,
      ...typeof reason === "object" && reason !== null && { cause: reason },
      jobId,
    });
  }
}

function whyOf(reason: unknown): string {
  if (reason === undefined) return "";
  const text = textOf(isError(reason) ? reason.message : reason);
  // The text of most objects says nothing.
  return text.startsWith("[object ") ? "" : `: ${text}`;
}
