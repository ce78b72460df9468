/** The answer to `get` and, for each key, to `lock`: wrapped, so that `undefined` differs from nothing. */
export interface Found {
  /** `true` if the key has a value. */
  readonly found: boolean;
  /** The value. */
  readonly value?: unknown;
}
