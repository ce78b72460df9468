import { MillraceError } from "./millrace_error.ts";

/** A job did not end within the `timeout` of `waitForCompletion`. The job goes on. */
export class WaitTimeoutError extends MillraceError {
  /** Always `"WaitTimeoutError"`. */
  override readonly name = "WaitTimeoutError";
}
