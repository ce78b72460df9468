import type { MillraceErrorOptions } from "./millrace_error.ts";
import { StoreError } from "./store_error.ts";

/**
 * A store could not be written: the disk is full, or the file or its folder may not be written.
 * Nothing of what was to be written was kept.
 *
 * @example A folder that does not exist
 * ```ts
 * import { SqliteStore, StoreWriteError } from "@millrace/flow";
 *
 * try {
 *   new SqliteStore("no/such/folder/jobs.db"); // makes the file, but not its folder
 * } catch (error) {
 *   console.log(error instanceof StoreWriteError); // true
 * }
 * ```
 */
export class StoreWriteError extends StoreError {
  /** Always `"StoreWriteError"`. */
  override readonly name = "StoreWriteError";

  /**
   * Makes the error.
   *
   * @param path The store's file.
   * @param reason What stood in the way.
   * @param options The `cause`, and the ids that place the error.
   */
  constructor(path: string, reason: string, options?: MillraceErrorOptions) {
    super(`${path} cannot be written: ${reason}; nothing was kept of this`, options);
  }
}
