/**
 * Characters that a terminal interprets: control characters, and those that change the text
 * direction.
 */
// deno-lint-ignore no-control-regex
const CONTROLS = /[\u0000-\u001f\u007f-\u009f\u2028\u2029\u202a-\u202e\u2066-\u2069]/g;

/**
 * Escapes the characters of a text that a terminal would interpret as in a string literal, such as
 * `\n` and `\u001b`. All foreign text is escaped: ids, names, messages and data.
 */
export function printable(text: string): string {
  return text.replace(CONTROLS, (control) => {
    const short = SHORT[control];
    return short ?? `\\u${control.charCodeAt(0).toString(16).padStart(4, "0")}`;
  });
}

const SHORT: Readonly<Record<string, string | undefined>> = {
  "\n": "\\n",
  "\r": "\\r",
  "\t": "\\t",
};
