import { assert, assertEquals } from "@std/assert";
import { clip, excerpt } from "../../src/terminal/clip.ts";
import { widthOf } from "../../src/terminal/width_of.ts";

// Escape sequences written out, as the colour functions follow NO_COLOR.
const RED = (text: string) => `\u001b[31m${text}\u001b[39m`;

Deno.test("clip() leaves a fitting line", () => {
  assertEquals(clip(RED("four"), 4), RED("four"));
  assertEquals(clip("日本", 4), "日本");
});

Deno.test("clip() marks the cut with an ellipsis", () => {
  assertEquals(clip("abcdef", 4), "abc…");
  assertEquals(clip("abcdef", 1), "…");
  assertEquals(clip("abcdef", 0), "");
});

Deno.test("clip() closes the colours of a cut line", () => {
  assertEquals(clip(`ab${RED("cdef")}gh`, 5), `ab${RED("cd…")}`);
  assertEquals(clip(`${RED("abcd")}efgh`, 5), `${RED("abcd")}…`);
  assertEquals(widthOf(clip(`${RED("ab")}${RED("cdef")}`, 3)), 3);
});

Deno.test("clip() never cuts a wide character or a joined one", () => {
  assertEquals(clip("日本語日本語", 6), "日本…");
  assertEquals(clip("e\u0301e\u0301e\u0301e\u0301", 3), "e\u0301e\u0301…");
  for (let columns = 0; columns < 12; columns++) {
    const width = widthOf(clip(`日a👨\u200d👩\u200d👧b語${RED("한국")}`, columns));
    assert(width <= columns, `${width} of ${columns}`);
  }
});

Deno.test("excerpt() escapes a foreign text and cuts it", () => {
  assertEquals(excerpt("a\u001b[2J\nb", 20), "a\\u001b[2J\\nb");
  assertEquals(excerpt("a\u001b[2J\nb", 6), "a\\u00…");
  assertEquals(excerpt("plain", 5), "plain");
});

Deno.test("excerpt() cuts a text of any length and kind", () => {
  assertEquals(excerpt("x".repeat(10_000_000), 10), "xxxxxxxxx…");
  assertEquals(excerpt("\u0301".repeat(1_000_000), 10), `${"\u0301".repeat(88)}…`);
  assertEquals(excerpt("\ud83d", 10), "\ufffd");
});
