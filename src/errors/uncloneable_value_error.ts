import { MillraceError, type MillraceErrorOptions } from "./millrace_error.ts";

/** A value was refused because structured clone would fail on it, or quietly change it. */
export class UncloneableValueError extends MillraceError {
  /** Always `"UncloneableValueError"`. */
  override readonly name = "UncloneableValueError";
  /** The path of the offending field, as `payload.user.avatar`. */
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
