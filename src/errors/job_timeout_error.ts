import { MillraceError } from "./millrace_error.ts";

/** A job did not end within its `timeout`. */
export class JobTimeoutError extends MillraceError {
  /** Always `"JobTimeoutError"`. */
  override readonly name = "JobTimeoutError";
}
