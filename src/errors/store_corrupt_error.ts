import type { MillraceErrorOptions } from "./millrace_error.ts";
import { StoreError } from "./store_error.ts";

/** A file is no store of Millrace, or is damaged. It was left as it is. */
export class StoreCorruptError extends StoreError {
  /** Always `"StoreCorruptError"`. */
  override readonly name = "StoreCorruptError";

  /**
   * Makes the error.
   *
   * @param path The file.
   * @param reason What is wrong with it.
   * @param options The `cause`, and the ids that place the error.
   */
  constructor(path: string, reason: string, options?: MillraceErrorOptions) {
    super(`${path} ${reason}; give another path, or bring back a copy of the store`, options);
  }
}
