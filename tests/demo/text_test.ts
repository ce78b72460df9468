import { assertEquals } from "@std/assert";
import {
  brief,
  clip,
  firstLine,
  pad,
  plural,
  since,
  table,
  widthOf,
  wrap,
} from "../../examples/concurrent_demo/text.ts";

// Escape sequences written out, as the colour functions follow NO_COLOR.
const RED = (text: string) => `\u001b[31m${text}\u001b[39m`;

Deno.test("widthOf() and pad() ignore colours", () => {
  assertEquals(widthOf(RED("four")), 4);
  assertEquals(pad(RED("four"), 6), `${RED("four")}  `);
  assertEquals(pad(RED("four"), 6, true), `  ${RED("four")}`);
});

Deno.test("clip() leaves a fitting line", () => {
  assertEquals(clip(RED("four"), 4), RED("four"));
});

Deno.test("clip() marks the cut with an ellipsis", () => {
  assertEquals(clip("abcdef", 4), "abc…");
  assertEquals(clip("abcdef", 1), "…");
});

Deno.test("clip() closes the colours of a cut line", () => {
  assertEquals(clip(`ab${RED("cdef")}gh`, 5), `ab${RED("cd…")}`);
  assertEquals(clip(`${RED("abcd")}efgh`, 5), `${RED("abcd")}…`);
  assertEquals(widthOf(clip(`${RED("ab")}${RED("cdef")}`, 3)), 3);
});

Deno.test("table() aligns columns left or right", () => {
  assertEquals(table([["a", "1", "x"], ["bcd", "100", ""]], [1]), ["a      1  x", "bcd  100"]);
});

Deno.test("wrap() breaks lines only between words", () => {
  assertEquals(wrap("one two three", 8), ["one two", "three"]);
  assertEquals(wrap("incomprehensible it is", 5), ["incomprehensible", "it is"]);
});

Deno.test("since() prints signed milliseconds", () => {
  assertEquals([since(1000, 1101.26), since(1000, 999), since(5, 5)], ["+101.3", "-1.0", "+0.0"]);
});

Deno.test("brief() lists only keys of nested values", () => {
  const value = { level: 60, gathered: { reading: { at: 1 }, processed: 2 }, tags: ["a", 1] };
  assertEquals(brief(value), "level 60, gathered {reading, processed}, tags [a, 1]");
  assertEquals(brief(undefined), "undefined");
});

Deno.test("plural() leaves one in the singular", () => {
  assertEquals([plural(1, "job"), plural(0, "job")], ["1 job", "0 jobs"]);
  assertEquals(plural(2, "entry", "entries"), "2 entries");
});

Deno.test("firstLine() drops colours and later lines", () => {
  assertEquals(firstLine(`${RED("no access")} \n  at file`), "no access");
});
