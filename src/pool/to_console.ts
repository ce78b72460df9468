import { hasControls, printableLines } from "../errors/printable.ts";

/** Indentation and the ends of lines are the console's own. */
const LAYOUT = /[\n\t]/g;

/**
 * Writes an error to the console. What its texts have of control characters, which a terminal would obey,
 * is written as escapes: the text of an error can come from anywhere.
 */
export function toConsole(error: Error): void {
  const text = Deno.inspect(error);
  console.error(hasControls(text.replace(LAYOUT, "")) ? printableLines(text) : error);
}
