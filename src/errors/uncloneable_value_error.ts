import { MillraceError, type MillraceErrorOptions } from "./millrace_error.ts";

/**
 * A value was refused because structured clone would fail on it, or quietly change it, or because it
 * is nested deeper than 500 levels.
 *
 * @example Telling which field cannot be sent
 * ```ts
 * import { Flow, UncloneableValueError } from "@millrace/flow";
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
