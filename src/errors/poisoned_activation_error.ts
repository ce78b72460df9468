import { MillraceError } from "./millrace_error.ts";

/** An activation has lost so many workers that it is not tried again; the last loss is the `cause`. */
export class PoisonedActivationError extends MillraceError {
  /** Always `"PoisonedActivationError"`. */
  override readonly name = "PoisonedActivationError";
}
