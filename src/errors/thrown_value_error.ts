import { MillraceError, type MillraceErrorOptions } from "./millrace_error.ts";
import { textOf } from "./text_of.ts";

/** A routine threw something that is not an `Error`, as `throw "no"`; this stands for it. */
export class ThrownValueError extends MillraceError {
  /** Always `"ThrownValueError"`. */
  override readonly name = "ThrownValueError";
  /** What was thrown, or its text where it cannot be cloned. */
  readonly value: unknown;

  /**
   * Makes the error.
   *
   * @param value What was thrown.
   * @param options The `cause`, and the ids that place the error.
   */
  constructor(value: unknown, options?: MillraceErrorOptions) {
    const shown = typeof value === "string" ? JSON.stringify(value) : textOf(value);
    super(
      `a routine threw ${shown}, which is not an Error; throw an Error to keep its stack`,
      options,
    );
    this.value = value;
  }
}
