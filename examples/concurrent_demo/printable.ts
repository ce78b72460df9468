/** What a terminal obeys instead of showing it: control characters, and those that turn the direction. */
// deno-lint-ignore no-control-regex
const CONTROLS = /[\u0000-\u001f\u007f-\u009f\u2028\u2029\u202a-\u202e\u2066-\u2069]/g;

/**
 * Writes a text so that a terminal shows all of it: what it would obey stands there as in a string
 * literal, as `\n` and `\u001b`. All that is not the demo's own goes through this: ids, names, messages, data.
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
