import { MillraceError } from "./millrace_error.ts";

/**
 * An attempt did not do once more what earlier attempts of its activation had committed by a flush, so
 * that nobody can say what of it is new. See `RoutineContext.flush` for the two ways to write a handler
 * that flushes.
 *
 * @example Not trying again what would fail each time
 * ```ts
 * import { Flow, RepeatMismatchError, type RetryStrategy } from "@millrace/flow";
 *
 * const onError: RetryStrategy = {
 *   strategy: "retry",
 *   maxRetries: 5,
 *   retryable: (error) => !(error instanceof RepeatMismatchError),
 * };
 * await using flow = new Flow({ onError });
 * ```
 */
export class RepeatMismatchError extends MillraceError {
  /** Always `"RepeatMismatchError"`. */
  override readonly name = "RepeatMismatchError";
}
