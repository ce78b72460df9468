import { MillraceError } from "./millrace_error.ts";

/** A standalone run took longer than its `timeout`. */
export class ActivationTimeoutError extends MillraceError {
  /** Always `"ActivationTimeoutError"`. */
  override readonly name = "ActivationTimeoutError";
}
