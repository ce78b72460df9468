import { assert, assertEquals } from "@std/assert";
import { LiveArea } from "../../src/terminal/live_area.ts";
import { Screen } from "./screen.ts";

function logs(from: number, to: number): string[] {
  return Array.from({ length: to - from }, (_, i) => `log ${from + i}`);
}

Deno.test("LiveArea stands below the output of the program", () => {
  const screen = new Screen(20, 8);
  const section = new LiveArea(screen).add();
  screen.write("log 0\n");
  section.draw(["one", "two"]);
  assertEquals(screen.rows, ["log 0", "", "", "", "", "", "one", "two"]);
  for (let i = 1; i < 10; i++) {
    screen.write(`log ${i}\n`);
    section.draw(["one", `two ${i}`]);
  }
  assertEquals(screen.rows, [...logs(5, 10), "", "one", "two 9"]);
  assertEquals(screen.scrolled, logs(0, 5));
});

Deno.test("LiveArea scrolls output up that stands where it begins", () => {
  const screen = new Screen(20, 6);
  screen.write("a\nb\nc\nd\ne\nhalf a line");
  const section = new LiveArea(screen).add();
  section.draw(["one", "two"]);
  assertEquals(screen.scrolled, ["a", "b"]);
  screen.write(" goes on\n");
  section.draw(["one", "two"]);
  assertEquals(screen.scrolled, ["a", "b", "c"]);
  assertEquals(screen.rows, ["d", "e", "half a line goes on", "", "one", "two"]);
});

Deno.test("LiveArea becomes higher without covering output", () => {
  const screen = new Screen(20, 8);
  const section = new LiveArea(screen).add();
  section.draw(["one"]);
  for (const log of logs(0, 6)) screen.write(`${log}\n`);
  section.draw(["1", "2", "3", "4"]);
  assertEquals(screen.rows, [...logs(3, 6), "", "1", "2", "3", "4"]);
  section.draw(["only"]);
  assertEquals(screen.rows, [...logs(3, 6), "", "only", "", "", ""]);
  assertEquals(screen.scrolled, logs(0, 3));
});

Deno.test("LiveArea takes two thirds of the window at most", () => {
  const screen = new Screen(6, 6);
  const section = new LiveArea(screen).add();
  assertEquals(section.size(), { columns: 6, rows: 4 });
  section.draw(["too long", "2", "3", "4", "5"]);
  assertEquals(screen.rows, ["", "", "too l…", "2", "3", "4"]);
  for (const rows of [1, 2]) {
    const tiny = new Screen(6, rows);
    const nothing = new LiveArea(tiny).add();
    assertEquals(nothing.size().rows, 0);
    nothing.draw(["1"]);
    assertEquals(tiny.shown, []);
    nothing.end(["end"]);
    assert([...tiny.scrolled, ...tiny.rows].includes("end"));
  }
});

Deno.test("LiveArea.end() leaves the last frame below the output", () => {
  for (const unfinished of ["", "half"]) {
    const screen = new Screen(20, 10);
    const section = new LiveArea(screen).add();
    screen.write(`log\n${unfinished}`);
    section.draw(["one", "two"]);
    section.end(["end", "of it"]);
    screen.write("after\n");
    const before = unfinished === "" ? ["log"] : ["log", unfinished];
    assertEquals(screen.shown, [...before, "end", "of it", "after"]);
    assert(screen.isInOrder);
  }
});

Deno.test("LiveArea recovers from a window of another size", () => {
  const screen = new Screen(20, 8);
  const section = new LiveArea(screen).add();
  for (const log of logs(0, 9)) {
    screen.write(`${log}\n`);
    section.draw(["one", "two"]);
  }
  const sizes = [[20, 5], [10, 12], [40, 4], [20, 30], [20, 8]] as const;
  let written = 9;
  for (const [columns, rows] of sizes) {
    screen.resize(columns, rows);
    section.draw(["one", "two"]);
    assertEquals(screen.rows.slice(-2), ["one", "two"]);
    assertEquals(screen.rows.filter((line) => line === "one").length, 1, screen.rows.join("\n"));
    screen.write(`log ${written++}\n`);
    const all = [...screen.scrolled, ...screen.rows].filter((line) => line.startsWith("log"));
    assertEquals(all, logs(0, written));
  }
});

Deno.test("LiveArea recovers from a program that clears the screen", () => {
  const screen = new Screen(20, 6);
  const section = new LiveArea(screen).add();
  section.draw(["one", "two"]);
  screen.write("\u001b[r\u001b[1;1H\u001b[Jcleared\n");
  section.draw(["one", "two"]);
  assertEquals(screen.rows, ["cleared", "", "", "", "one", "two"]);
});

Deno.test("LiveArea divides its rows among its sections", () => {
  const screen = new Screen(20, 9);
  const area = new LiveArea(screen);
  const [first, second] = [area.add(), area.add()];
  assertEquals([first.size().rows, second.size().rows], [3, 3]);
  first.draw(["a1", "a2", "a3", "a4"]);
  second.draw(["b1"]);
  assertEquals(screen.rows.slice(-4), ["a1", "a2", "a3", "b1"]);
  first.end(["a ended"]);
  assertEquals(screen.rows, ["a ended", "", "", "", "", "", "", "", "b1"]);
  assertEquals(second.size().rows, 6);
  first.draw(["too late"]);
  first.end(["too late"]);
  second.end(["b ended"]);
  assertEquals(screen.shown, ["a ended", "b ended"]);
  assert(screen.isInOrder);
});

Deno.test("LiveArea shows the first sections if there are more than rows", () => {
  const screen = new Screen(20, 4);
  const area = new LiveArea(screen);
  const sections = ["a", "b", "c"].map(() => area.add());
  assertEquals(sections.map((section) => section.size().rows), [1, 1, 0]);
  sections.forEach((section, i) => section.draw([`section ${i}`]));
  assertEquals(screen.rows, ["", "", "section 0", "section 1"]);
});
