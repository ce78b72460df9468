import type { MillraceErrorOptions } from "./millrace_error.ts";
import { StoreError } from "./store_error.ts";

/**
 * A file is no store of Millrace, or is damaged. It was left as it is.
 *
 * @example A file that is no store
 * ```ts
 * import { SqliteStore, StoreCorruptError } from "@millrace/flow";
 *
 * const folder = await Deno.makeTempDir();
 * const path = `${folder}/notes.txt`;
 * await Deno.writeTextFile(path, "These are notes, and no journal of jobs.".repeat(100));
 * try {
 *   new SqliteStore(path);
 * } catch (error) {
 *   console.log(error instanceof StoreCorruptError); // true, and the notes are as they were
 * }
 * await Deno.remove(folder, { recursive: true });
 * ```
 */
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
