import { stripAnsiCode } from "@std/fmt/colors";

const ESCAPE = "\u001b";

/** How wide lines are where there is no terminal to ask. */
export const PIPED_COLUMNS = 100;

/** How many columns a line takes; colour codes take none. */
export function widthOf(line: string): number {
  return stripAnsiCode(line).length;
}

/** Cuts a line to a number of columns, keeping all of its colour codes. */
export function clip(line: string, columns: number): string {
  if (widthOf(line) <= columns) return line;
  const [head = "", ...coloured] = line.split(ESCAPE);
  let room = Math.max(0, columns - 1);
  let clipped = "";
  const take = (text: string) => {
    const kept = text.slice(0, room);
    clipped += kept;
    // The mark stands where the first character went missing.
    if (kept.length < text.length && room >= 0) {
      clipped += "…";
      room = -1;
    }
    if (room > 0) room -= kept.length;
  };
  take(head);
  for (const part of coloured) {
    const end = part.indexOf("m") + 1;
    clipped += ESCAPE + part.slice(0, end);
    if (room >= 0) take(part.slice(end));
  }
  return clipped;
}

/** Pads a text to a number of columns; to its left if it is to stand at the right. */
export function pad(text: string, columns: number, toRight = false): string {
  const space = " ".repeat(Math.max(0, columns - widthOf(text)));
  return toRight ? space + text : text + space;
}

/**
 * Lays out rows in aligned columns.
 *
 * @param rows The cells of each row.
 * @param toRight The columns that are aligned at their right.
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

/** A duration, as `101.3 ms`. */
export function milliseconds(duration: number): string {
  return `${duration.toFixed(1)} ms`;
}

/** A moment as told from a start, as `+101.3 ms`. */
export function since(start: number, moment: number): string {
  return `${moment < start ? "" : "+"}${milliseconds(moment - start)}`;
}

/** A moment in ISO 8601. */
export function iso(moment: number): string {
  return new Date(moment).toISOString();
}

/** A number of things, as `1 job` or `4 jobs`. */
export function plural(count: number, thing: string): string {
  return `${count} ${thing}${count === 1 ? "" : "s"}`;
}

/** A value in one line, for reading: `gauge gauge_1, levelCm 84`. */
export function brief(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(brief).join(", ")}]`;
  if (typeof value === "object" && value !== null) {
    return Object.entries(value).map(([key, field]) =>
      typeof field === "object" && field !== null ? `${key} (${brief(field)})` : `${key} ${brief(field)}`
    ).join(", ");
  }
  return String(value);
}
