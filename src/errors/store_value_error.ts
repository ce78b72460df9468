import type { MillraceErrorOptions } from "./millrace_error.ts";
import { StoreError } from "./store_error.ts";

/**
 * A value was refused because a store cannot keep it, for what it holds or for its size.
 *
 * @example Checking ahead whether a value can be kept
 * ```ts
 * import { SqliteStore, StoreValueError } from "@millrace/flow";
 *
 * function isStorable(store: SqliteStore, payload: unknown): boolean {
 *   try {
 *     store.assertStorable(payload, "payload");
 *     return true;
 *   } catch (error) {
 *     if (!(error instanceof StoreValueError)) throw error;
 *     console.error(error.path); // payload.user.avatar, if that is a Blob
 *     return false;
 *   }
 * }
 * ```
 */
export class StoreValueError extends StoreError {
  /** Always `"StoreValueError"`. */
  override readonly name = "StoreValueError";
  /** The path of the offending field, as `payload.user.avatar`; a long one without its middle. */
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
