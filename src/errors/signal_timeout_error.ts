import { MillraceError } from "./millrace_error.ts";

/**
 * Nobody sent the signal that a routine waited for within the time it gave.
 *
 * @example Going on without the answer that did not come
 * ```ts
 * import { Flow } from "@millrace/flow";
 * import { fibonacci } from "../../examples/fibonacci.ts";
 *
 * await using flow = new Flow().add("fibonacci", fibonacci, {
 *   onErrorOf: { SignalTimeoutError: { strategy: "retry", maxRetries: 2, then: "continue" } },
 * });
 * ```
 */
export class SignalTimeoutError extends MillraceError {
  /** Always `"SignalTimeoutError"`. */
  override readonly name = "SignalTimeoutError";
}
