import type { Spread } from "../harness/stats.ts";

/** Formats a number with its significant digits. */
export function shown(value: number): string {
  const size = Math.abs(value);
  if (size >= 1e6) return `${(value / 1e6).toFixed(2)} M`;
  if (size >= 1e5) return `${(value / 1e3).toFixed(0)} k`;
  if (size >= 1e4) return `${(value / 1e3).toFixed(1)} k`;
  if (size >= 100) return value.toFixed(0);
  if (size >= 10) return value.toFixed(1);
  return value.toFixed(size >= 1 ? 2 : 3);
}

/** Formats the range of the samples of a median. */
export function range({ min, max }: Spread): string {
  return `${shown(min)}..${shown(max)}`;
}

/** Formats half of the range, relative to the median. */
export function plusMinus({ min, max, median }: Spread): string {
  return `±${((max - min) / 2 / median * 100).toFixed(0)}%`;
}
