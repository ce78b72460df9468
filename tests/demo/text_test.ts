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

Deno.test("colours take no room", () => {
  assertEquals(widthOf(RED("four")), 4);
  assertEquals(pad(RED("four"), 6), `${RED("four")}  `);
  assertEquals(pad(RED("four"), 6, true), `  ${RED("four")}`);
});

Deno.test("a line that fits is not cut", () => {
  assertEquals(clip(RED("four"), 4), RED("four"));
});

Deno.test("a line is cut to the columns there are, with a mark where it goes on", () => {
  assertEquals(clip("abcdef", 4), "abc…");
  assertEquals(clip("abcdef", 1), "…");
});

Deno.test("a line that is cut keeps its colours, their ends too", () => {
  assertEquals(clip(`ab${RED("cdef")}gh`, 5), `ab${RED("cd…")}`);
  assertEquals(clip(`${RED("abcd")}efgh`, 5), `${RED("abcd")}…`);
  assertEquals(widthOf(clip(`${RED("ab")}${RED("cdef")}`, 3)), 3);
});

Deno.test("a table aligns its columns, at the left or at the right", () => {
  assertEquals(table([["a", "1", "x"], ["bcd", "100", ""]], [1]), ["a      1  x", "bcd  100"]);
});

Deno.test("long texts are broken at blanks, and no word is", () => {
  assertEquals(wrap("one two three", 8), ["one two", "three"]);
  assertEquals(wrap("incomprehensible it is", 5), ["incomprehensible", "it is"]);
});

Deno.test("a moment is told as milliseconds from another", () => {
  assertEquals([since(1000, 1101.26), since(1000, 999), since(5, 5)], ["+101.3", "-1.0", "+0.0"]);
});

Deno.test("of a value within a value only the keys are told", () => {
  const value = { level: 60, gathered: { reading: { at: 1 }, processed: 2 }, tags: ["a", 1] };
  assertEquals(brief(value), "level 60, gathered {reading, processed}, tags [a, 1]");
  assertEquals(brief(undefined), "undefined");
});

Deno.test("one is not many", () => {
  assertEquals([plural(1, "job"), plural(0, "job")], ["1 job", "0 jobs"]);
  assertEquals(plural(2, "entry", "entries"), "2 entries");
});

Deno.test("of a message only the first line is told, without colours", () => {
  assertEquals(firstLine(`${RED("no access")} \n  at file`), "no access");
});
