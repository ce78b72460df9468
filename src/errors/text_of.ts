/**
 * Returns the text of a value. Where that cannot be had, as of a revoked `Proxy`, it is the kind of
 * value. Never throws.
 */
export function textOf(value: unknown): string {
  try {
    return String(value);
  } catch {
    try {
      return Object.prototype.toString.call(value);
    } catch {
      // No call may be made here: the stack may be full.
      return `[${typeof value}]`;
    }
  }
}
