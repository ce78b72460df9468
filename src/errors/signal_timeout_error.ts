import { MillraceError } from "./millrace_error.ts";

/** Nobody sent the signal that a routine waited for within the time it gave. */
export class SignalTimeoutError extends MillraceError {
  /** Always `"SignalTimeoutError"`. */
  override readonly name = "SignalTimeoutError";
}
