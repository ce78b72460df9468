import { MillraceError } from "./millrace_error.ts";

/**
 * An activation was told to stop, by `flow.cancelActivation` or as its job has failed: the reason with
 * which `ctx.signal` aborts. In a job that is cancelled, that is a `JobCancelledError`.
 *
 * @example Telling why a visit was broken off
 * ```ts
 * import { ActivationCancelledError, type RoutineContext } from "@millrace/flow";
 *
 * async function visit(urls: readonly string[], { signal }: RoutineContext): Promise<void> {
 *   for (const url of urls) {
 *     if (signal.reason instanceof ActivationCancelledError) console.warn(signal.reason.message);
 *     signal.throwIfAborted();
 *     await fetch(url, { signal });
 *   }
 * }
 * ```
 */
export class ActivationCancelledError extends MillraceError {
  /** Always `"ActivationCancelledError"`. */
  override readonly name = "ActivationCancelledError";
}
