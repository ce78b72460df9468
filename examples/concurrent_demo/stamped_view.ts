import { dim } from "@std/fmt/colors";
import { printable } from "./printable.ts";
import { brief, iso, pad, since, wrap } from "./text.ts";

/** A value of the shared data, or the state of a routine. */
export interface Entry {
  /** The key, or the routine. */
  readonly name: string;
  /** The time at which it was created, if known. */
  readonly timestamp: number | undefined;
  /** The value. */
  readonly value: unknown;
}

/** Splits values into their own timestamps and their other fields, and sorts them by time. */
export function stamped(values: Readonly<Record<string, unknown>>): Entry[] {
  return Object.entries(values)
    .map(([name, value]) => ({ name, ...stampOf(value) }))
    .sort((a, b) => (a.timestamp ?? Infinity) - (b.timestamp ?? Infinity));
}

/** Splits a value into its timestamp and its other fields. */
export function stampOf(value: unknown): Omit<Entry, "name"> {
  if (typeof value === "object" && value !== null && "timestamp" in value) {
    const { timestamp, ...rest } = value;
    if (typeof timestamp === "number") return { timestamp, value: rest };
  }
  return { timestamp: undefined, value };
}

/**
 * Shows entries as lines: the name, the time in milliseconds from a start and by the clock, and the
 * value, on several lines if it is long.
 */
export function stampedView(entries: readonly Entry[], start: number, columns: number): string[] {
  const shown = entries.map(({ name }) => printable(name));
  const names = shown.reduce((most, name) => Math.max(most, name.length), 0);
  const times = entries.map(({ timestamp }) =>
    timestamp === undefined ? "" : since(start, timestamp)
  );
  const widest = times.reduce((most, { length }) => Math.max(most, length), 0);
  return entries.flatMap(({ timestamp, value }, i) => {
    const clock = timestamp === undefined ? "" : iso(timestamp).slice(CLOCK);
    const before = [
      pad(shown[i] ?? "", names),
      pad(times[i] ?? "", widest, true),
      dim(pad(clock, "11:42:22.692Z".length)),
      "",
    ].join("  ");
    const margin = names + widest + "11:42:22.692Z".length + 6;
    const [first = "", ...more] = wrap(brief(value), Math.max(MIN_VALUE, columns - margin));
    return [before + first, ...more.map((line) => " ".repeat(margin) + line)];
  });
}

/** The index at which the time begins in ISO 8601. */
const CLOCK = "2026-01-01T".length;

/** The minimum number of columns for values. */
const MIN_VALUE = 20;
