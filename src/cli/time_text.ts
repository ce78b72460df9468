/** The last time that a date can have, in epoch milliseconds. */
const LAST = 8.64e15;

/** Returns a time in UTC, as `2026-01-31 12:00:00`. A damaged record may have any number. */
export function timeOf(at: number): string {
  if (!(Math.abs(at) <= LAST)) return "unknown";
  return new Date(at).toISOString().slice(0, "2026-01-31T12:00:00".length).replace("T", " ");
}

/** Returns a time as part of a sentence, as `at 2026-01-31 12:00:00 UTC`. */
export function untilText(at: number): string {
  return `at ${timeOf(at)} UTC`;
}
