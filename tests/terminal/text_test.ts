import { assertEquals } from "@std/assert";
import { brief } from "../../src/terminal/brief.ts";
import { count, rate } from "../../src/terminal/count.ts";
import { bar } from "../../src/terminal/bar.ts";
import { Palette } from "../../src/terminal/palette.ts";
import { duration, milliseconds, seconds, since, stopwatch } from "../../src/terminal/duration.ts";
import { pad } from "../../src/terminal/pad.ts";
import { plural } from "../../src/terminal/plural.ts";
import { table } from "../../src/terminal/table.ts";
import { wrap } from "../../src/terminal/wrap.ts";

const RED = (text: string) => `\u001b[31m${text}\u001b[39m`;

Deno.test("pad() ignores colours and counts wide characters", () => {
  assertEquals(pad(RED("four"), 6), `${RED("four")}  `);
  assertEquals(pad(RED("four"), 6, true), `  ${RED("four")}`);
  assertEquals(pad("日本", 6), "日本  ");
});

Deno.test("table() aligns columns left or right", () => {
  assertEquals(table([["a", "1", "x"], ["bcd", "100", ""]], [1]), ["a      1  x", "bcd  100"]);
});

Deno.test("wrap() breaks lines only between words", () => {
  assertEquals(wrap("one two three", 8), ["one two", "three"]);
  assertEquals(wrap("incomprehensible it is", 5), ["incomprehensible", "it is"]);
  assertEquals(wrap("日本 語語 x", 6), ["日本", "語語 x"]);
});

Deno.test("plural() leaves one in the singular", () => {
  assertEquals([plural(1, "job"), plural(0, "job")], ["1 job", "0 jobs"]);
  assertEquals(plural(2, "entry", "entries"), "2 entries");
});

Deno.test("duration() chooses the unit", () => {
  const shown = [0, 0.44, 9.94, 9.95, 850, 999.4, 999.5, 9_340, 9_950, 42_400, 59_499, 59_500]
    .map(duration);
  assertEquals(shown, [
    "0.0 ms",
    "0.4 ms",
    "9.9 ms",
    "10 ms",
    "850 ms",
    "999 ms",
    "1.0 s",
    "9.3 s",
    "10 s",
    "42 s",
    "59 s",
    "1m 00s",
  ]);
  const long = [125_000, 3_599_400, 3_599_500, 3_780_000, 86_370_000, 273_600_000].map(duration);
  assertEquals(long, ["2m 05s", "59m 59s", "1h 00m", "1h 03m", "1d 00h", "3d 04h"]);
  assertEquals([NaN, -5, Infinity, 1e15].map(duration), ["0 ms", "0 ms", "∞", "999999d"]);
});

Deno.test("duration() takes at most seven columns", () => {
  for (let ms = 0.01; ms < 1e16; ms *= 1.37) {
    const text = duration(ms);
    assertEquals(text.length <= 7, true, text);
  }
});

Deno.test("milliseconds() and seconds() have one digit of fraction", () => {
  assertEquals([milliseconds(101.26), seconds(1264)], ["101.3 ms", "1.3 s"]);
  assertEquals([since(1000, 1101.26), since(1000, 999), since(5, 5)], ["+101.3", "-1.0", "+0.0"]);
});

Deno.test("brief() lists only keys of nested values", () => {
  const value = { level: 60, gathered: { reading: { at: 1 }, processed: 2 }, tags: ["a", 1] };
  assertEquals(brief(value), "level 60, gathered {reading, processed}, tags [a, 1]");
  assertEquals([brief(undefined), brief("a\nb")], ["undefined", "a\\nb"]);
});

Deno.test("stopwatch() counts in seconds", () => {
  assertEquals([0, 444, 9_949, 9_950, 61_000, NaN, -3].map(stopwatch), [
    "0.0 s",
    "0.4 s",
    "9.9 s",
    "10 s",
    "1m 01s",
    "0.0 s",
    "0.0 s",
  ]);
});

Deno.test("count() takes at most six columns", () => {
  const shown = [
    0,
    999,
    1_000,
    99_999,
    100_000,
    999_499,
    999_500,
    1_234_567,
    5e9,
    7.3e13,
    Infinity,
  ];
  assertEquals(shown.map(count), [
    "0",
    "999",
    "1,000",
    "99,999",
    "100k",
    "999k",
    "1.00M",
    "1.23M",
    "5.00G",
    "73.0T",
    "∞",
  ]);
  for (let number = 1; number < 1e15; number *= 1.31) {
    assertEquals(count(number).length <= 6, true, count(number));
  }
});

Deno.test("rate() has a digit of fraction below ten", () => {
  assertEquals([0, 0.04, 3.44, 9.96, 1_234].map(rate), [
    "0/s",
    "0.0/s",
    "3.4/s",
    "10/s",
    "1,234/s",
  ]);
});

Deno.test("bar() has a precision of half a cell", () => {
  const drawn = [0, 0.05, 0.5, 0.96, 1, 7, -1, NaN].map((part) =>
    bar(part, 10, new Palette(false))
  );
  assertEquals(drawn, [
    "──────────",
    "╸─────────",
    "━━━━━─────",
    "━━━━━━━━━╸",
    "━━━━━━━━━━",
    "━━━━━━━━━━",
    "──────────",
    "──────────",
  ]);
});
