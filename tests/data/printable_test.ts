import { assertEquals } from "@std/assert";
import { hasControls, printable, printableLines } from "../../src/errors/printable.ts";

Deno.test("printable() escapes control characters", () => {
  const shown = { "\u001b[2J": "\\u001b[2J", "\u009b": "\\u009b", "a\nb": "a\\nb", "\t": "\\t" };
  for (const [text, escaped] of Object.entries(shown)) {
    assertEquals([hasControls(text), printable(text)], [true, escaped]);
  }
  for (const text of ["", "Ünï 日本", "\u{1f600}", 'a "b" \\n', "\u200d"]) {
    assertEquals([hasControls(text), printable(text)], [false, text]);
  }
  for (const text of ["\u2028", "\u202e", "\u2066", "\u007f", "\0"]) {
    assertEquals(hasControls(printable(text)), false);
  }
});

Deno.test("printableLines() preserves line feeds", () => {
  assertEquals(printableLines("a\u001b\nb\r\n"), "a\\u001b\nb\\r\n");
});
