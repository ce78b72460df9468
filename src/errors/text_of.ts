/**
 * Returns the text of a value. If that fails, as for a revoked `Proxy`, returns the kind of the value. Never
 * throws.
 */
export function textOf(value: unknown): string {
  try {
    return String(value);
  } catch {
    try {
      return Object.prototype.toString.call(value);
    } catch {
      // Makes no calls, as the stack may be full.
      return `[${typeof value}]`;
    }
  }
}
