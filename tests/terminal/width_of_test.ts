import { assertEquals } from "@std/assert";
import { widthOf } from "../../src/terminal/width_of.ts";

Deno.test("widthOf() ignores colours", () => {
  assertEquals(widthOf("\u001b[31mfour\u001b[39m"), 4);
  assertEquals(widthOf("\u001b[1m\u001b[31m日本\u001b[39m\u001b[22m"), 4);
});

Deno.test("widthOf() counts two columns for wide characters", () => {
  assertEquals(widthOf("日本語"), 6);
  assertEquals(widthOf("한국어"), 6);
  assertEquals(widthOf("ｆｕｌｌ"), 8);
  assertEquals(widthOf("ひらがな、カタカナ。"), 20);
  assertEquals(widthOf("😀🚀✅"), 6);
  assertEquals(widthOf("\u{20000}"), 2);
  assertEquals(widthOf("🇩🇪"), 2);
});

Deno.test("widthOf() counts one column for other letters and signs", () => {
  assertEquals(widthOf("Ünïcödé ✓ ─ █ ▌ … – → ∞ ␛"), 25);
  assertEquals(widthOf("Привет, мир"), 11);
  assertEquals(widthOf("ﾊﾝｶｸ"), 4);
});

Deno.test("widthOf() counts no column for marks and controls", () => {
  assertEquals(widthOf("e\u0301"), 1);
  assertEquals(widthOf("a\u200db\u200bc"), 3);
  assertEquals(widthOf("❤\ufe0f"), 1);
  assertEquals(widthOf("\u0000\u0007"), 0);
});

Deno.test("widthOf() counts joined pictures one by one", () => {
  assertEquals(widthOf("👨\u200d👩\u200d👧"), 6);
});
