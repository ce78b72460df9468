import { MillraceError } from "./millrace_error.ts";

/**
 * A job did not end within its `timeout`.
 *
 * @example A job that does not end in time
 * ```ts
 * import { Flow, JobTimeoutError } from "@millrace/flow";
 * import { fibonacci } from "../../examples/fibonacci.ts";
 *
 * await using flow = new Flow().add("fibonacci", fibonacci);
 * flow.pause(); // so nothing of the job is executed
 * const job = flow.start("fibonacci.n", 20, { timeout: 1 });
 * await job.waitForCompletion();
 * console.log(job.status, job.error instanceof JobTimeoutError); // failed true
 * ```
 */
export class JobTimeoutError extends MillraceError {
  /** Always `"JobTimeoutError"`. */
  override readonly name = "JobTimeoutError";
}
