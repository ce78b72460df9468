import { pad } from "./pad.ts";
import { widthOf } from "./width_of.ts";

/**
 * Lays out rows in aligned columns.
 *
 * @param rows The cells of each row.
 * @param toRight The columns that are aligned to the right.
 */
export function table(
  rows: readonly (readonly string[])[],
  toRight: readonly number[] = [],
): string[] {
  const widths: number[] = [];
  for (const row of rows) {
    row.forEach((cell, i) => widths[i] = Math.max(widths[i] ?? 0, widthOf(cell)));
  }
  return rows.map((row) =>
    row.map((cell, i) => pad(cell, widths[i] ?? 0, toRight.includes(i))).join("  ").trimEnd()
  );
}
