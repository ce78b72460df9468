import type { MillraceErrorOptions } from "./millrace_error.ts";
import { StoreError } from "./store_error.ts";

/**
 * A store's format is one that cannot be used here. It was left as it is.
 *
 * @example A store of a newer Millrace
 * ```ts
 * import { SqliteStore, StoreVersionError } from "@millrace/flow";
 *
 * function openStore(path: string): SqliteStore {
 *   try {
 *     return new SqliteStore(path);
 *   } catch (error) {
 *     const isNewer = error instanceof StoreVersionError && error.found > error.expected;
 *     if (isNewer) console.error("update Millrace to use", path);
 *     throw error;
 *   }
 * }
 * ```
 */
export class StoreVersionError extends StoreError {
  /** Always `"StoreVersionError"`. */
  override readonly name = "StoreVersionError";
  /** The version of the store's format. */
  readonly found: number;
  /** The version that this Millrace writes. */
  readonly expected: number;

  /**
   * Makes the error.
   *
   * @param path The store's file.
   * @param found The version of its format.
   * @param expected The version that this Millrace writes.
   * @param options The `cause`, and the ids that place the error.
   */
  constructor(path: string, found: number, expected: number, options?: MillraceErrorOptions) {
    const advice = found > expected
      ? "use the newer Millrace that wrote it"
      : "open it to write once, which brings it up to date";
    super(`${path} has format ${found}, and this Millrace takes ${expected}; ${advice}`, options);
    this.found = found;
    this.expected = expected;
  }
}
