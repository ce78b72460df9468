import { hasControls, printableLines } from "../errors/printable.ts";
import { textOf } from "../errors/text_of.ts";

/** Indentation and the ends of lines are the console's own. */
const LAYOUT = /[\n\t]/g;

/**
 * Writes what was thrown to the console. What its texts have of control characters, which a terminal would
 * obey, is written as escapes: the text of an error can come from anywhere. Never throws.
 */
export function toConsole(thrown: unknown): void {
  try {
    const text = Deno.inspect(thrown);
    console.error(hasControls(text.replace(LAYOUT, "")) ? printableLines(text) : thrown);
  } catch {
    // Its class shows itself by a method that throws.
    console.error(printableLines(textOf(thrown)));
  }
}
