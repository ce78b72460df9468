/**
 * Characters that a terminal obeys instead of showing them: control characters, and those that end a line
 * or turn its direction.
 */
// deno-lint-ignore no-control-regex
const CONTROLS = /[\u0000-\u001f\u007f-\u009f\u2028\u2029\u202a-\u202e\u2066-\u2069]/;
const ALL_CONTROLS = new RegExp(CONTROLS.source, "g");

/** Checks whether a text has characters that a terminal would obey. */
export function hasControls(text: string): boolean {
  return CONTROLS.test(text);
}

/** Writes the characters of a text that a terminal would obey as in a string literal: `\n`, `\u001b`. */
export function printable(text: string): string {
  return text.replace(ALL_CONTROLS, (control) => {
    const [escape] = JSON.stringify(control).match(/\\[nrtbf]/) ?? [];
    return escape ?? `\\u${control.charCodeAt(0).toString(16).padStart(4, "0")}`;
  });
}

/** As {@linkcode printable}, of several lines, as the stack of an error. */
export function printableLines(text: string): string {
  return text.split("\n").map(printable).join("\n");
}
