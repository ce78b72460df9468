import { MillraceError } from "./millrace_error.ts";

/** A context was used after its activation had ended, where the effect would have been lost. */
export class ActivationEndedError extends MillraceError {
  /** Always `"ActivationEndedError"`. */
  override readonly name = "ActivationEndedError";
}
