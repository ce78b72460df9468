import { MillraceError } from "./millrace_error.ts";

/**
 * The reason with which `ctx.signal` aborts when a job stops before its activation has ended.
 *
 * @example Ending early when the result is no longer wanted
 * ```ts
 * import { ActivationCancelledError, type RoutineContext } from "@millrace/flow";
 *
 * async function visit(urls: readonly string[], ctx: RoutineContext): Promise<void> {
 *   for (const url of urls) {
 *     if (ctx.signal.reason instanceof ActivationCancelledError) return;
 *     await fetch(url, { signal: ctx.signal });
 *   }
 * }
 * ```
 */
export class ActivationCancelledError extends MillraceError {
  /** Always `"ActivationCancelledError"`. */
  override readonly name = "ActivationCancelledError";
}
