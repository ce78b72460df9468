import { widthOf } from "./width_of.ts";

/** Breaks a text into lines at its blanks; a word that is longer than a line stays whole. */
export function wrap(text: string, columns: number): string[] {
  const lines: string[] = [];
  let width = 0;
  for (const word of text.split(" ")) {
    const line = lines.at(-1);
    const more = widthOf(word);
    if (line !== undefined && width + 1 + more <= columns) {
      lines[lines.length - 1] = `${line} ${word}`;
      width += 1 + more;
    } else {
      lines.push(word);
      width = more;
    }
  }
  return lines;
}
