import { MillraceError, type MillraceErrorOptions } from "./millrace_error.ts";

/**
 * Something was asked of a flow or a pool after `close`.
 *
 * @example A job that comes too late
 * ```ts
 * import { ClosedError, Flow } from "@millrace/flow";
 * import { fibonacci } from "../../examples/fibonacci.ts";
 *
 * const flow = new Flow().add("fibonacci", fibonacci);
 * await flow.close();
 * try {
 *   flow.start("fibonacci.n", 20);
 * } catch (error) {
 *   console.log(error instanceof ClosedError); // true
 * }
 * ```
 */
export class ClosedError extends MillraceError {
  /** Always `"ClosedError"`. */
  override readonly name = "ClosedError";

  /**
   * Makes the error.
   *
   * @param what What is closed, as `flow "readings"`.
   * @param options The `cause`, and the ids that place the error.
   */
  constructor(what: string, options?: MillraceErrorOptions) {
    super(`${what} is closed; make a new one, or close it after its last use`, options);
  }
}
