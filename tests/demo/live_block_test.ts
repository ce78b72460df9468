import { assert, assertEquals } from "@std/assert";
import { LiveBlock } from "../../examples/concurrent_demo/live_block.ts";
import { Screen } from "./screen.ts";

Deno.test("LiveBlock.draw() replaces a block of any height", () => {
  const screen = new Screen(20, 10);
  screen.write("above\n");
  const block = new LiveBlock(screen);
  block.draw(["one", "two two two"]);
  block.draw(["1", "2", "3"]);
  assertEquals(screen.shown, ["above", "1", "2", "3"]);
  block.draw(["only"]);
  assertEquals(screen.shown, ["above", "only"]);
});

Deno.test("LiveBlock.draw() stays in place at the bottom", () => {
  const screen = new Screen(20, 4);
  screen.write("a\nb\nc\n");
  const block = new LiveBlock(screen);
  for (let i = 0; i < 5; i++) block.draw([`x${i}`, `y${i}`]);
  assertEquals(screen.scrolled, ["a", "b"]);
  assertEquals(screen.shown, ["c", "x4", "y4"]);
});

Deno.test("LiveBlock.draw() clips a block to the window", () => {
  const screen = new Screen(20, 4);
  screen.write("above\n");
  const block = new LiveBlock(screen);
  const lines = (i: number) => Array.from({ length: 30 }, (_, row) => `${row} ${i}`);
  for (let i = 0; i < 5; i++) block.draw(lines(i));
  assertEquals(screen.scrolled, ["above"]);
  assertEquals(screen.shown, ["0 4", "1 4", "2 4"]);
});

Deno.test("LiveBlock.draw() clips a line to the width", () => {
  const screen = new Screen(5, 5);
  const block = new LiveBlock(screen);
  for (let i = 0; i < 3; i++) block.draw(["abcdefgh", "12345"]);
  assertEquals(screen.shown, ["abcd…", "12345"]);
});

Deno.test("LiveBlock.draw() finds its block after narrowing", () => {
  let sent = "";
  let columns = 20;
  const block = new LiveBlock({
    write: (text) => sent += text,
    size: () => ({ columns, rows: 10 }),
  });
  block.draw(["a line of 17 char", "short"]);
  sent = "";
  columns = 10;
  block.draw(["next"]);
  // The first line takes two rows now.
  assert(sent.startsWith("\r\u001b[3A"), JSON.stringify(sent));
});

Deno.test("LiveBlock shows the cursor when disposed", () => {
  const screen = new Screen(20, 5);
  {
    using block = new LiveBlock(screen);
    block.draw(["block"]);
    assert(!screen.isCursorVisible);
  }
  screen.write("below\n");
  assert(screen.isCursorVisible);
  assertEquals(screen.shown, ["block", "below"]);
});
