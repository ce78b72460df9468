/** The text of whatever it is; that of some objects throws, and then it is told what they are. */
export function textOf(value: unknown): string {
  try {
    return String(value);
  } catch {
    return Object.prototype.toString.call(value);
  }
}
