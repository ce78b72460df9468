import { hasControls, printableLines } from "../errors/printable.ts";
import { textOf } from "../errors/text_of.ts";

/** Line breaks and indentation, which `Deno.inspect` adds. */
const LAYOUT = /[\n\t]/g;

/**
 * Writes a thrown value to the console. Control characters in its texts are escaped, as the text of an error
 * is untrusted and a terminal would obey them. Never throws.
 */
export function toConsole(thrown: unknown): void {
  try {
    const text = Deno.inspect(thrown);
    console.error(hasControls(text.replace(LAYOUT, "")) ? printableLines(text) : thrown);
  } catch {
    // The class of the value has a method for `Deno.inspect` that throws.
    console.error(printableLines(textOf(thrown)));
  }
}
