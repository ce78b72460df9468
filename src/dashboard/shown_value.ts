import type { ShownValue } from "./api.ts";
import { Slices } from "./slices.ts";
import { slicedText, valueText } from "./value_text.ts";

/** The number of characters of a value that views show at once. */
const MAX_SHOWN = 3_000;

/** The number of characters of a value that are counted. A long text counts whole. */
const MAX_COUNTED = 100_000;

/** The number of characters of a value that is shown whole. */
const MAX_WHOLE = 64_000_000;

/**
 * Returns a value for display, cut off if it is long.
 *
 * @param value The value.
 * @param path The path by which the whole value can be found again.
 * @param maxShown The number of characters to show. The default is 3,000.
 * @param maxCounted The number of characters to count. The default is 100,000.
 */
export function shownValue(
  value: unknown,
  path: ValuePath,
  maxShown = MAX_SHOWN,
  maxCounted = MAX_COUNTED,
): ShownValue {
  const counted = Math.max(maxShown + 1, Math.min(maxCounted, MAX_COUNTED));
  const { text, length } = valueText(value, maxShown, counted);
  return length > text.length ? { text, length, more: JSON.stringify(path) } : { text, length };
}

/** Returns the whole text of a value, up to 64 million characters, or a million parts. */
export function wholeText(value: unknown): Promise<string> {
  return slicedText(value, MAX_WHOLE, new Slices());
}

/** Identifies a value of a job: its kind, and the names that lead to it. */
export type ValuePath = readonly [ValueKind, ...(readonly (string | number)[])];

/** The kinds of values of a job. */
export type ValueKind = "data" | "state" | "log" | "payload" | "history" | "event";
