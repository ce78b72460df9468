import { assert, assertEquals } from "@std/assert";
import { Palette } from "../../src/terminal/palette.ts";
import { SteadyTable } from "../../src/terminal/steady_table.ts";
import { widthOf } from "../../src/terminal/width_of.ts";

const PLAIN = new Palette(false);

Deno.test("SteadyTable.draw() aligns cells below their titles", () => {
  const table = new SteadyTable([{ title: "name" }, { title: "n", toRight: true }]);
  assertEquals(table.draw([["a", "1"], ["日本語", "100"]], 40, PLAIN), [
    "name      n",
    "a         1",
    "日本語  100",
  ]);
});

Deno.test("SteadyTable.draw() never makes a column narrower again", () => {
  const table = new SteadyTable([{ title: "name" }, { title: "n", toRight: true }]);
  table.draw([["long name", "1000"]], 40, PLAIN);
  assertEquals(table.draw([["a", "1"]], 40, PLAIN)[1], "a             1");
});

Deno.test("SteadyTable.draw() cuts columns before it omits them", () => {
  const table = new SteadyTable([
    { title: "name", least: 6 },
    { title: "first out", leftOut: 1 },
    { title: "kept" },
    { title: "", takesRest: true },
  ]);
  const rows = [["a long name", "x", "y", "the rest of the line"]];
  const drawn = (columns: number) => table.draw(rows, columns, PLAIN).at(-1);
  assertEquals(drawn(60), "a long name  x          y     the rest of the line");
  assertEquals(drawn(45), "a long name  x          y     the rest of th…");
  assertEquals(drawn(39), "a long …  x          y     the rest of…");
  assertEquals(drawn(12), "a lon…  y");
  assertEquals(drawn(5), "a lo…");
  for (let columns = 1; columns < 60; columns++) {
    const lines = table.draw(rows, columns, PLAIN);
    assert(lines.every((line) => widthOf(line) <= columns), `${columns}: ${lines.join("\n")}`);
  }
});

Deno.test("SteadyTable.draw() can have another first title", () => {
  const table = new SteadyTable([{ title: "name" }, { title: "n" }]);
  assertEquals(table.draw([["a", "1"]], 40, PLAIN, "1 of 9 names")[0], "1 of 9 names  n");
});
