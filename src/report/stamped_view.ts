// Shows values that may have a timestamp of their own, such as the shared data of a job, as lines with the time.

import { printable } from "../errors/printable.ts";
import { brief } from "../terminal/brief.ts";
import { since } from "../terminal/duration.ts";
import { pad } from "../terminal/pad.ts";
import type { Palette } from "../terminal/palette.ts";
import { widthOf } from "../terminal/width_of.ts";
import { wrap } from "../terminal/wrap.ts";

/**
 * Shows entries as lines: the name, the time in milliseconds from a start and by the clock, and the value, on several
 * lines if it is long.
 */
export function stampedView(
  entries: readonly Entry[],
  start: number,
  columns: number,
  { dim }: Palette,
): string[] {
  const shown = entries.map(({ name }) => printable(name));
  const names = shown.reduce((most, name) => Math.max(most, widthOf(name)), 0);
  const times = entries.map(({ timestamp }) =>
    timestamp === undefined ? "" : since(start, timestamp)
  );
  const widest = times.reduce((most, { length }) => Math.max(most, length), 0);
  const hasClock = entries.some(({ timestamp }) => timestamp !== undefined) &&
    names + widest + CLOCK.length + 6 + MIN_VALUE <= columns;
  const clocks = hasClock ? CLOCK.length + 2 : 0;
  const margin = names + widest + clocks + 4;
  return entries.flatMap(({ timestamp, value }, i) => {
    const clock = timestamp === undefined ? "" : new Date(timestamp).toISOString().slice(DATE);
    const before = [
      pad(shown[i] ?? "", names),
      pad(times[i] ?? "", widest, true),
      ...hasClock ? [dim(pad(clock, CLOCK.length))] : [],
      "",
    ].join("  ");
    const [first = "", ...more] = wrap(textOf(value), Math.max(MIN_VALUE, columns - margin));
    return [before + first, ...more.map((line) => " ".repeat(margin) + line)];
  });
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
    if (typeof timestamp === "number" && isDate(timestamp)) return { timestamp, value: rest };
  }
  return { timestamp: undefined, value };
}

/** A value of the shared data, or the state of a routine. */
export interface Entry {
  /** The key, or the routine. */
  readonly name: string;
  /** The time at which it was created, if known. */
  readonly timestamp: number | undefined;
  /** The value. */
  readonly value: unknown;
}

/** Formats a value in one line, of a bounded length. */
export function textOf(value: unknown): string {
  const text = brief(value);
  return text.length <= MAX_VALUE ? text : `${text.slice(0, MAX_VALUE).toWellFormed()}…`;
}

function isDate(timestamp: number): boolean {
  return Math.abs(timestamp) <= 8.64e15;
}

/** The width of a time of day in ISO 8601. */
const CLOCK = "11:42:22.692Z";

/** The index at which the time begins in ISO 8601. */
const DATE = "2026-01-01T".length;

/** The minimum number of columns for values. */
const MIN_VALUE = 20;

/** The maximum length of a value. */
const MAX_VALUE = 1_000;
