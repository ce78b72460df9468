// The errors that stand for a value: one that cannot be sent, and one that was thrown.

import { MillraceError, type MillraceErrorOptions } from "./millrace_error.ts";
import { textOf } from "./text_of.ts";

/**
 * A value was refused because structured clone would fail on it, or quietly change it, or because it
 * is nested deeper than 500 levels.
 *
 * @example Telling which field cannot be sent
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
   * Makes the error.
   *
   * @param path The path of the offending field.
   * @param reason What is wrong with it and what to pass instead.
   * @param options The `cause`, and the ids that place the error.
   */
  constructor(path: string, reason: string, options?: MillraceErrorOptions) {
    super(`${path} ${reason}`, options);
    this.path = path;
  }
}

/**
 * A routine threw something that is not an `Error`, as `throw "no"`; this stands for it.
 *
 * @example Retrying after `throw "busy"` in a routine of others
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

/**
 * Something a routine left running failed outside its handler; its worker was given up. The failure
 * is the `cause`.
 *
 * @example Learning of timers that fail when nothing is executed
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
