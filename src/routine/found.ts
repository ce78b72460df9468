/**
 * The answer to `get` and, for each key, to `lock`: wrapped, so that `undefined` differs from nothing.
 *
 * @example A value that is `undefined`, and none
 * ```ts
 * import type { Found } from "@millrace/flow/pool";
 *
 * function found(data: ReadonlyMap<string, unknown>, key: string): Found {
 *   return data.has(key) ? { found: true, value: data.get(key) } : { found: false };
 * }
 * const data = new Map([["seen", undefined]]);
 * console.log(found(data, "seen").found, found(data, "unseen").found); // true false
 * ```
 */
export interface Found {
  /** `true` if the key has a value. */
  readonly found: boolean;
  /** The value. */
  readonly value?: unknown;
}
