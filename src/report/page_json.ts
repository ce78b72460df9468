/** Characters that could end the element, or that an HTML parser, an editor or an old browser changes. */
const UNSAFE = /[<>&\u007f-\u009f\u2028\u2029\ufeff\ufffe\uffff]/g;

/**
 * Converts a value to JSON for a `<script type="application/json">` element. No text in the value can end the element
 * or begin a comment in it, and parsing its content gives the same data as `JSON.parse(JSON.stringify(value))`.
 */
export function pageJson(value: unknown): string {
  // Lone surrogates and control characters are escaped by JSON.stringify.
  return JSON.stringify(value).replace(UNSAFE, (character) => {
    return `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`;
  });
}
