import { assertEquals } from "@std/assert";
import { graphView } from "../../examples/concurrent_demo/graph_view.ts";
import { plain } from "./fake_jobs.ts";

Deno.test("graphView() draws routines in a column", () => {
  assertEquals(draw({ a: 100, b: 50 }, "a.o → b.i"), [
    "●  a  100 ms  o → b.i",
    "│",
    "●  b   50 ms",
  ]);
});

Deno.test("graphView() draws a bypass on its own rail", () => {
  assertEquals(draw({ a: 0, b: 0, c: 0 }, "a.o → b.i", "a.error → c.j", "b.o → c.i"), [
    "●    a  0 ms  o → b.i",
    "├─╮           error → c.j",
    "● │  b  0 ms  o → c.i",
    "├─╯",
    "●    c  0 ms",
  ]);
});

Deno.test("graphView() splits and joins crossing rails", () => {
  const wires = ["a.o → b.i", "a.o → e.i", "b.o → c.i", "b.o → d.i", "c.o → f.i", "d.o → f.i"];
  assertEquals(draw({ a: 1, b: 1, c: 1, d: 1, e: 1, f: 1 }, ...wires, "e.o → f.i").map(rail), [
    "●",
    "├─╮",
    "● │",
    "├─┼─╮",
    "● │ │",
    "│ │ ●",
    "│ ● │",
    "├─┴─╯",
    "●",
  ]);
});

Deno.test("graphView() draws a routine after its predecessors", () => {
  const lines = draw({ c: 1, b: 1, a: 1 }, "a.o → b.i", "b.o → c.i");
  assertEquals(lines.filter((line) => line.includes("●")).map((line) => line.at(3)), [
    "a",
    "b",
    "c",
  ]);
});

Deno.test("graphView() lists a backward connection as text", () => {
  assertEquals(draw({ a: 1, b: 1 }, "a.o → b.i", "b.again → a.i", "b.again → b.i"), [
    "●  a  1 ms  o → b.i",
    "│",
    "●  b  1 ms  again → a.i",
    "            again → b.i",
  ]);
});

function draw(delays: Record<string, number>, ...wires: string[]): string[] {
  const nodes = Object.entries(delays).map(([id, delayMs]) => ({ id, config: { delayMs } }));
  const connections = wires.map((wire) => {
    const [from = "", to = ""] = wire.split(" → ");
    return { from, to };
  });
  return plain(graphView({ nodes, connections }));
}

/** Returns the part of a line that is drawn before the words. */
function rail(line: string): string {
  return (/^[^\w]+/.exec(line)?.[0] ?? "").trimEnd();
}
