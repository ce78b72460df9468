import { MillraceError, type MillraceErrorOptions } from "./millrace_error.ts";

/** Something was asked of a flow or a pool after `close`. */
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
