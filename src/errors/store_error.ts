import { MillraceError } from "./millrace_error.ts";

/**
 * The base of every error of a store. Each kind is a class with a literal `name`.
 *
 * @example Any trouble with a store
 * ```ts
 * import { SqliteStore, StoreError } from "@millrace/flow";
 *
 * try {
 *   new SqliteStore("no/such/folder/jobs.db");
 * } catch (error) {
 *   if (!(error instanceof StoreError)) throw error;
 *   console.log(error.name); // StoreWriteError
 * }
 * ```
 */
export class StoreError extends MillraceError {
  /** `"StoreError"`, or the name of the kind. */
  override readonly name: string = "StoreError";
}
