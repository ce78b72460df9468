import { MillraceError } from "./millrace_error.ts";

/**
 * A job did not end within the `timeout` of `waitForCompletion`. The job goes on.
 *
 * @example Cancelling a job that takes too long
 * ```ts
 * import { Flow, WaitTimeoutError } from "@millrace/flow";
 * import { fibonacci } from "../../examples/fibonacci.ts";
 *
 * await using flow = new Flow().add("fibonacci", fibonacci);
 * flow.pause();
 * const job = flow.start("fibonacci.n", 20);
 * try {
 *   await job.waitForCompletion({ timeout: 1 });
 * } catch (error) {
 *   if (!(error instanceof WaitTimeoutError)) throw error;
 *   flow.cancel(job, error); // without this it would go on
 * }
 * ```
 */
export class WaitTimeoutError extends MillraceError {
  /** Always `"WaitTimeoutError"`. */
  override readonly name = "WaitTimeoutError";
}
