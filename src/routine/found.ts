/** The answer to `get` and, for each key, to `lock`. Distinguishes the value `undefined` from no value. */
export interface Found {
  /** `true` if the key has a value. */
  readonly found: boolean;
  /** The value. */
  readonly value?: unknown;
}
