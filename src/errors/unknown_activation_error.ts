import { MillraceError } from "./millrace_error.ts";

/** An activation was named that its job does not have, or has no more. */
export class UnknownActivationError extends MillraceError {
  /** Always `"UnknownActivationError"`. */
  override readonly name = "UnknownActivationError";
}
