import { MillraceError } from "./millrace_error.ts";

/**
 * Something a routine left running failed outside its handler; its worker was given up. The failure
 * is the `cause`.
 *
 * @example Learning of timers that fail when nothing is executed
 * ```ts
 * import { type UncaughtError, WorkerPool } from "@millrace/flow";
 *
 * await using pool = new WorkerPool({
 *   onUncaught: (error: UncaughtError) => console.error(error.workerId, error.cause),
 * });
 * ```
 */
export class UncaughtError extends MillraceError {
  /** Always `"UncaughtError"`. */
  override readonly name = "UncaughtError";
}
