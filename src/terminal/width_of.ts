// The number of columns that a text takes in a terminal. All that is aligned or cut measures it.

import { stripAnsiCode } from "@std/fmt/colors";

/** Texts whose characters all take one column. */
const PLAIN = /^[\u0020-\u007e]*$/;

/** Characters that take no column: marks on the character before them, joiners, controls. */
const ZERO = /^[\p{Mn}\p{Me}\p{Cc}\p{Cf}\p{Default_Ignorable_Code_Point}\u1160-\u11ff]$/u;

/** Characters that are shown as pictures, in two columns. Two letters of a flag share them. */
const PICTURE = /^(?!\p{Regional_Indicator})\p{Emoji_Presentation}$/u;

/** The first and the last characters of the blocks of which all characters take two columns. */
const WIDE: readonly (readonly [number, number])[] = [
  [0x1100, 0x115f], // the first letters of Hangul syllables
  [0x2329, 0x232a], // angle brackets
  [0x2e80, 0x303e], // radicals, ideographic punctuation
  [0x3041, 0x4dbf], // kana, enclosed letters, extension A of the ideographs
  [0x4dc0, 0x4dff], // hexagrams
  [0x4e00, 0xa4cf], // ideographs, Yi
  [0xa960, 0xa97c], // Hangul
  [0xac00, 0xd7a3], // Hangul syllables
  [0xf900, 0xfaff], // compatibility ideographs
  [0xfe10, 0xfe19], // vertical forms
  [0xfe30, 0xfe6b], // compatibility forms
  [0xff01, 0xff60], // full-width forms
  [0xffe0, 0xffe6], // full-width signs
  [0x16fe0, 0x18d08], // Tangut, Khitan
  [0x1aff0, 0x1b2ff], // kana, Nushu
  [0x1d300, 0x1d356], // Tai Xuan Jing symbols
  [0x1f200, 0x1f265], // enclosed ideographs
  [0x20000, 0x3fffd], // the other ideographs
];

/**
 * Returns the number of columns of a line, without colour codes.
 *
 * Characters that a terminal joins into one picture are counted one by one, as not all terminals join them: a line
 * may take fewer columns, never more.
 */
export function widthOf(line: string): number {
  if (PLAIN.test(line)) return line.length;
  const text = line.includes("\u001b") ? stripAnsiCode(line) : line;
  if (PLAIN.test(text)) return text.length;
  let width = 0;
  for (const character of text) width += columnsOf(character);
  return width;
}

function columnsOf(character: string): number {
  const code = character.codePointAt(0) ?? 0;
  if (code < 0x7f) return code < 0x20 ? 0 : 1;
  if (code !== 0xad && ZERO.test(character)) return 0;
  if (code < 0x1100) return 1;
  const isWide = WIDE.some(([first, last]) => code >= first && code <= last);
  return isWide || PICTURE.test(character) ? 2 : 1;
}
