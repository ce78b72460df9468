import { clip } from "../terminal/clip.ts";
import { Palette } from "../terminal/palette.ts";
import { COLUMNS, type ViewOptions } from "./view_options.ts";

/**
 * Returns the lines of a section: a heading with a rule, and the content, indented and cut to the columns.
 *
 * @example A section of an own report
 * ```ts
 * import { section } from "@millrace/flow/report";
 *
 * console.log(section("Results", ["4 readings"], { columns: 20 }).join("\n"));
 * // Results ────────────
 * //   4 readings
 * ```
 *
 * @param title The heading, which is not escaped.
 * @param lines The content. Foreign text in it has to be escaped by `printable`.
 */
export function section(
  title: string,
  lines: readonly string[],
  { columns = COLUMNS, color = false }: ViewOptions = {},
): string[] {
  const room = Math.max(1, columns);
  const rule = room === Infinity ? COLUMNS : room;
  return [
    clip(new Palette(color).heading(title, rule), room),
    ...indent(lines, MARGIN).map((line) => clip(line, room)),
  ];
}

/** The indentation of the lines of a section. */
export const MARGIN = 2;

/** Moves lines to the right. */
export function indent(lines: readonly string[], columns: number = MARGIN): string[] {
  return lines.map((line) => line === "" ? line : " ".repeat(columns) + line);
}
