import { MillraceError, type MillraceErrorOptions } from "./millrace_error.ts";
import { textOf } from "./text_of.ts";

/**
 * A routine threw something that is not an `Error`, as `throw "no"`; this stands for it.
 *
 * @example Retrying after `throw "busy"` in a routine of others
 * ```ts
 * import { Flow, ThrownValueError } from "@millrace/flow";
 * import { fibonacci } from "../../examples/fibonacci.ts";
 *
 * await using flow = new Flow().add("fibonacci", fibonacci, {
 *   onError: {
 *     strategy: "retry",
 *     retryable: (error) => error instanceof ThrownValueError && error.value === "busy",
 *   },
 * });
 * ```
 */
export class ThrownValueError extends MillraceError {
  /** Always `"ThrownValueError"`. */
  override readonly name = "ThrownValueError";
  /** The thrown value, with text in place of parts that cannot be cloned. */
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
