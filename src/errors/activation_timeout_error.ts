import { MillraceError, type MillraceErrorOptions } from "./millrace_error.ts";

/**
 * An activation, an attempt at it or a standalone run took longer than it may.
 *
 * @example A standalone run with too little time
 * ```ts
 * import { ActivationTimeoutError, WorkerPool } from "@millrace/flow";
 * import { fibonacci } from "../../examples/fibonacci.ts";
 *
 * await using pool = new WorkerPool({ maxWorkers: 1 });
 * try {
 *   await pool.run(fibonacci, "n", 20, { timeout: 0 });
 * } catch (error) {
 *   if (!(error instanceof ActivationTimeoutError)) throw error;
 *   console.log(error.clock); // total
 * }
 * ```
 */
export class ActivationTimeoutError extends MillraceError {
  /** Always `"ActivationTimeoutError"`. */
  override readonly name = "ActivationTimeoutError";
  /** Which clock ran out: that of `queueTimeout`, `runTimeout` or `totalTimeout`. */
  readonly clock: "queue" | "run" | "total";

  /**
   * Makes the error.
   *
   * @param message What took too long, and what to do about it.
   * @param options Which clock ran out, the `cause`, and the ids that place the error.
   */
  constructor(
    message: string,
    options: MillraceErrorOptions & { readonly clock: "queue" | "run" | "total" },
  ) {
    super(message, options);
    this.clock = options.clock;
  }
}
