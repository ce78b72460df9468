/**
 * Characters that show nothing, or that change how the text around them is shown. The signs of some scripts and the
 * joiners within words and emoji are not among them.
 */
const UNSEEN = /(?![\t\n\u200c\u200d\u0600-\u0605])[\p{Cc}\p{Cf}\u2028\u2029]/gu;

/** Returns a text with escapes such as `\x1b` in place of control characters and bidirectional overrides. */
export function printable(text: string): string {
  return text.replaceAll(UNSEEN, (character) => {
    const code = character.codePointAt(0) ?? 0;
    return code < 0x100 ? `\\x${hex(code, 2)}` : `\\u${hex(code, 4)}`;
  });
}

/** Returns the start of a text in one line, for a cell of a table. */
export function oneLine(text: string, length = 160): string {
  const line = printable(text.slice(0, length * 2).replaceAll(/\s+/g, " ").trim());
  return line.length > length || text.length > length * 2 ? `${line.slice(0, length)}…` : line;
}

function hex(code: number, digits: number): string {
  return code.toString(16).padStart(digits, "0");
}
