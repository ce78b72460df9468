// The errors about a value: one that cannot be sent, one that was thrown, and an uncaught error.

import { MillraceError, type MillraceErrorOptions } from "./millrace_error.ts";
import { textOf } from "./text_of.ts";

/**
 * A value was refused because structured clone would fail on it or silently change it, or because it is
 * nested deeper than 500 levels.
 *
 * @example Finding the field that cannot be sent
 * ```ts
 * import { Flow } from "@millrace/flow";
 * import { UncloneableValueError } from "@millrace/flow/errors";
 * import { fibonacci } from "../../examples/fibonacci.ts";
 *
 * await using flow = new Flow().add("fibonacci", fibonacci);
 * flow.pause();
 * const job = flow.start("fibonacci.n", 20);
 * const user: unknown = { greet: () => "hello" }; // else it would not compile
 * try {
 *   flow.signal(job, "approved", { user });
 * } catch (error) {
 *   if (!(error instanceof UncloneableValueError)) throw error;
 *   console.log(error.path); // payload.user.greet
 * }
 * ```
 */
export class UncloneableValueError extends MillraceError {
  /** Always `"UncloneableValueError"`. */
  override readonly name = "UncloneableValueError";
  /** The path of the offending field, as `payload.user.avatar`; a long one without its middle. */
  readonly path: string;

  /**
   * Creates the error.
   *
   * @param path The path of the offending field.
   * @param reason The rest of the message: the fault of the field, and the fix.
   * @param options The `cause`, and the ids that place the error.
   */
  constructor(path: string, reason: string, options?: MillraceErrorOptions) {
    super(`${path} ${reason}`, options);
    this.path = path;
  }
}

/**
 * A routine threw a value that is not an `Error`, as in `throw "no"`. This error wraps the value.
 *
 * @example Retrying after `throw "busy"` in a third-party routine
 * ```ts
 * import { Flow } from "@millrace/flow";
 * import { ThrownValueError } from "@millrace/flow/errors";
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
   * Creates the error.
   *
   * @param value The thrown value.
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

/**
 * Code that a routine left running failed outside its handler, and its worker was replaced. The failure is
 * the `cause`.
 *
 * @example Logging timers that fail while nothing is executed
 * ```ts
 * import type { UncaughtError } from "@millrace/flow/errors";
 * import { WorkerPool } from "@millrace/flow/pool";
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
