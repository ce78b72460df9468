import { getColorEnabled, setColorEnabled } from "@std/fmt/colors";
import { assertEquals } from "@std/assert";
import { Palette } from "../../src/terminal/palette.ts";

Deno.test("Palette leaves texts as they are without colours", () => {
  const paint = new Palette(false);
  assertEquals([paint.red("a"), paint.status("failed"), paint.worker("w3")("w3")], [
    "a",
    "failed",
    "w3",
  ]);
  assertEquals(paint.heading("Jobs", 8), "Jobs ───");
});

// Under NO_COLOR, the library of colours cannot be switched on.
const red = (text: string) => Deno.noColor ? text : `\u001b[31m${text}\u001b[39m`;

Deno.test("Palette ignores and keeps the setting of the program", () => {
  const paint = new Palette(true);
  const before = getColorEnabled();
  try {
    for (const isEnabled of [false, true]) {
      setColorEnabled(isEnabled);
      const set = getColorEnabled();
      assertEquals(paint.red("a"), red("a"));
      assertEquals(paint.status("failed", "7"), red("7"));
      assertEquals(getColorEnabled(), set);
    }
  } finally {
    setColorEnabled(before);
  }
});

Deno.test("Palette.worker() depends on the number in the id alone", () => {
  const paint = new Palette(true);
  assertEquals(paint.worker("w1"), paint.worker("other-1"));
  assertEquals(paint.worker("w1"), paint.worker("w9"));
  assertEquals(paint.worker("none"), paint.worker("w1"));
  assertEquals(paint.worker("w0"), paint.cyan);
});
