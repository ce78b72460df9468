import { hasControls, printableLines } from "../errors/printable.ts";

/** Line breaks and indentation, which `Deno.inspect` adds. */
const LAYOUT = /[\n\t]/g;

/**
 * Writes an error to the console. Control characters in its texts are escaped, as the text of an error is
 * untrusted and a terminal would obey them.
 */
export function toConsole(error: Error): void {
  const text = Deno.inspect(error);
  console.error(hasControls(text.replace(LAYOUT, "")) ? printableLines(text) : error);
}
