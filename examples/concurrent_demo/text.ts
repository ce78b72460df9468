import { stripAnsiCode } from "@std/fmt/colors";
import { printable } from "./printable.ts";

const ESCAPE = "\u001b";

/** The width of lines without a terminal. */
export const PIPED_COLUMNS = 100;

/** Returns the number of columns of a line, without colour codes. */
export function widthOf(line: string): number {
  return stripAnsiCode(line).length;
}

/** Cuts a line to a number of columns, with all of its colour codes. */
export function clip(line: string, columns: number): string {
  if (widthOf(line) <= columns) return line;
  const [head = "", ...coloured] = line.split(ESCAPE);
  let room = Math.max(0, columns - 1);
  let isCut = false;
  const take = (text: string) => {
    if (isCut) return "";
    const kept = text.slice(0, room);
    room -= kept.length;
    isCut = kept.length < text.length;
    // The ellipsis is in the place of the first character that was cut off.
    return isCut ? `${kept}…` : kept;
  };
  let clipped = take(head);
  for (const part of coloured) {
    const end = part.indexOf("m") + 1;
    clipped += ESCAPE + part.slice(0, end) + take(part.slice(end));
  }
  return clipped;
}

/**
 * Pads a text to a number of columns, at its end, or at its start if it is aligned to the right.
 */
export function pad(text: string, columns: number, toRight = false): string {
  const space = " ".repeat(Math.max(0, columns - widthOf(text)));
  return toRight ? space + text : text + space;
}

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

/** Moves lines to the right. */
export function indent(lines: readonly string[], columns = 2): string[] {
  return lines.map((line) => line === "" ? line : " ".repeat(columns) + line);
}

/** Breaks a text into lines at its blanks; a word that is longer than a line stays whole. */
export function wrap(text: string, columns: number): string[] {
  const lines: string[] = [];
  for (const word of text.split(" ")) {
    const line = lines.at(-1);
    if (line !== undefined && line.length + 1 + word.length <= columns) {
      lines[lines.length - 1] = `${line} ${word}`;
    } else lines.push(word);
  }
  return lines;
}

/** Returns the first line of a text, without colours. */
export function firstLine(text: string): string {
  return printable(stripAnsiCode(text.split("\n", 1)[0] ?? "").trimEnd());
}

/** Formats a duration, as `101.3 ms`. */
export function milliseconds(duration: number): string {
  return `${duration.toFixed(1)} ms`;
}

/** Formats a duration, as `1.3 s`. */
export function seconds(duration: number): string {
  return `${(duration / 1000).toFixed(1)} s`;
}

/** Formats the time from a start to a moment, as `+101.3`, in milliseconds. */
export function since(start: number, moment: number): string {
  const gone = (moment - start).toFixed(1);
  return gone.startsWith("-") ? gone : `+${gone}`;
}

/** Formats a moment in ISO 8601. */
export function iso(moment: number): string {
  return new Date(moment).toISOString();
}

/** Formats a number of things, as `1 job` or `4 jobs`. */
export function plural(count: number, thing: string, things = `${thing}s`): string {
  return `${count} ${count === 1 ? thing : things}`;
}

/**
 * Formats a value in one readable line: `gauge gauge_1, level 84, gathered {reading, processed}`.
 */
export function brief(value: unknown): string {
  if (typeof value !== "object" || value === null) return printable(String(value));
  if (Array.isArray(value)) return `[${value.map(brief).join(", ")}]`;
  return Object.entries(value).map(([key, field]) =>
    typeof field === "object" && field !== null && !Array.isArray(field)
      ? `${printable(key)} {${printable(Object.keys(field).join(", "))}}`
      : `${printable(key)} ${brief(field)}`
  ).join(", ");
}
