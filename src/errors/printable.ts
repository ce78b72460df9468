/**
 * Characters that a terminal interprets instead of showing them: control characters, line separators, and
 * characters that change the direction of the text.
 */
// deno-lint-ignore no-control-regex
const CONTROLS = /[\u0000-\u001f\u007f-\u009f\u2028\u2029\u202a-\u202e\u2066-\u2069]/;
const ALL_CONTROLS = new RegExp(CONTROLS.source, "g");

/**
 * Escapes the characters of a text that a terminal would interpret as in a string literal, such as `\n` and
 * `\u001b`.
 *
 * @example An id from outside, in a line of output
 * ```ts
 * import { printable } from "@millrace/flow/report";
 *
 * console.log(printable("job\u001b[2J")); // job\u001b[2J
 * ```
 *
 * @param text The text, such as an id, a message or data.
 */
export function printable(text: string): string {
  return text.replace(ALL_CONTROLS, (control) => {
    const [escape] = JSON.stringify(control).match(/\\[nrtbf]/) ?? [];
    return escape ?? `\\u${control.charCodeAt(0).toString(16).padStart(4, "0")}`;
  });
}

/** Checks whether a text contains characters that a terminal would interpret. */
export function hasControls(text: string): boolean {
  return CONTROLS.test(text);
}

/** Escapes a text of several lines like {@linkcode printable}, but preserves its line breaks. */
export function printableLines(text: string): string {
  return text.split("\n").map(printable).join("\n");
}
