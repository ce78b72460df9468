import type { MillraceErrorOptions } from "./millrace_error.ts";
import { StoreError } from "./store_error.ts";

/**
 * A store's file lacks commits: it was copied while it was in use, without the `-wal` file beside it, or
 * that file was removed. It was left as it is.
 *
 * @example Taking what is there of a copy that lacks commits
 * ```ts
 * import { SqliteStore, StoreIncompleteError } from "@millrace/flow";
 *
 * function openStore(path: string): SqliteStore {
 *   try {
 *     return new SqliteStore(path);
 *   } catch (error) {
 *     if (!(error instanceof StoreIncompleteError)) throw error;
 *     console.error("the latest jobs are missing:", error.message);
 *     return new SqliteStore(path, { salvage: true });
 *   }
 * }
 * ```
 */
export class StoreIncompleteError extends StoreError {
  /** Always `"StoreIncompleteError"`. */
  override readonly name = "StoreIncompleteError";

  /**
   * Makes the error.
   *
   * @param path The store's file.
   * @param options The `cause`, and the ids that place the error.
   */
  constructor(path: string, options?: MillraceErrorOptions) {
    super(
      `${path} lacks commits: it was copied while it was in use, without the -wal file beside it, or that was removed; ` +
        "make copies with store.backup(), bring back the -wal file, or take what is there with { salvage: true }",
      options,
    );
  }
}
