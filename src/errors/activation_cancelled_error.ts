import { MillraceError } from "./millrace_error.ts";

/** The reason with which `ctx.signal` aborts when a job stops before its activation has ended. */
export class ActivationCancelledError extends MillraceError {
  /** Always `"ActivationCancelledError"`. */
  override readonly name = "ActivationCancelledError";
}
