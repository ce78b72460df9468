import type { MillraceErrorOptions } from "./millrace_error.ts";
import { StoreError } from "./store_error.ts";

/**
 * A store could not be read: its file is missing, or may not be read.
 *
 * @example A store that is not there yet
 * ```ts
 * import { SqliteStore, StoreReadError } from "@millrace/flow";
 *
 * try {
 *   new SqliteStore("no/such/folder/jobs.db", { readOnly: true }); // makes no file
 * } catch (error) {
 *   console.log(error instanceof StoreReadError); // true
 * }
 * ```
 */
export class StoreReadError extends StoreError {
  /** Always `"StoreReadError"`. */
  override readonly name = "StoreReadError";

  /**
   * Makes the error.
   *
   * @param path The store's file.
   * @param reason What stood in the way.
   * @param options The `cause`, and the ids that place the error.
   */
  constructor(path: string, reason: string, options?: MillraceErrorOptions) {
    super(`${path} cannot be read: ${reason}`, options);
  }
}
