import { printable } from "../errors/printable.ts";
import { widthOf } from "./width_of.ts";

const ESCAPE = "\u001b";

/** The characters as a reader sees them: marks and joined pictures stay with what they belong to. */
const GRAPHEMES = new Intl.Segmenter(undefined, { granularity: "grapheme" });

/** Cuts a line to a number of columns, with all of its colour codes. An ellipsis marks the cut. */
export function clip(line: string, columns: number): string {
  if (widthOf(line) <= columns) return line;
  if (columns < 1) return "";
  const [head = "", ...coloured] = line.split(ESCAPE);
  let room = columns - 1;
  let isCut = false;
  const take = (text: string): string => {
    if (isCut) return "";
    const kept = headOf(text, room);
    room -= widthOf(kept);
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
 * Returns a foreign text, such as an id or a message, in one escaped line of at most a number of columns. The cost
 * does not depend on the length of the text.
 */
export function excerpt(text: string, columns: number): string {
  // No character takes less than a unit of text, apart from marks, of which few are legible.
  const most = (columns + 1) * 8;
  const start = text.length > most ? text.slice(0, most) : text;
  const shown = printable(start.toWellFormed());
  return clip(start === text ? shown : `${shown}…`, columns);
}

/** Returns the longest start of a text without colours that fits. */
function headOf(text: string, columns: number): string {
  let width = 0;
  for (const { segment, index } of GRAPHEMES.segment(text)) {
    width += widthOf(segment);
    if (width > columns) return text.slice(0, index);
  }
  return text;
}
