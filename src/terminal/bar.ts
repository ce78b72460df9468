import type { Palette } from "./palette.ts";

/** Draws the completed part of something, from 0 to 1, with a precision of half a cell: `━━━━╸─────`. */
export function bar(fraction: number, cells: number, paint: Palette): string {
  const halves = Math.round(Math.min(1, Math.max(0, fraction || 0)) * cells * 2);
  const whole = Math.floor(halves / 2);
  const done = "━".repeat(whole) + (halves % 2 === 1 ? "╸" : "");
  return paint.green(done) + paint.dim("─".repeat(cells - done.length));
}
