import type { Chart, Interval } from "../terminal/chart.ts";

/** Draws a wait as dots, from its first cell to a cell before which it ends, and the blanks before it. */
export function waitDots(chart: Chart, wait: Interval, end: number): [blank: string, dots: string] {
  const isShort = wait.endedAt <= wait.startedAt;
  const from = isShort ? end : Math.min(chart.range(wait)[0], end);
  return [" ".repeat(from), "·".repeat(end - from)];
}
