import { widthOf } from "./width_of.ts";

/** Pads a text to a number of columns, at its end, or at its start if it is aligned to the right. */
export function pad(text: string, columns: number, toRight = false): string {
  const space = " ".repeat(Math.max(0, columns - widthOf(text)));
  return toRight ? space + text : text + space;
}
