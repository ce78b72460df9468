import { assert, assertEquals } from "@std/assert";
import { Flow } from "@millrace/flow";
import { graphView } from "../../src/report/graph_view.ts";
import type { GraphShape } from "../../src/run/graph_shape.ts";
import { parseReference } from "../../src/graph/graph.ts";
import { fibonacci, total } from "../../examples/fibonacci.ts";

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

Deno.test("graphView() draws the graph of a flow", async () => {
  await using flow = new Flow()
    .add("fibonacci", fibonacci)
    .add("total", total)
    .connect("fibonacci.result", "total.number");
  assertEquals(graphView(flow.graph), ["●  fibonacci  result → total.number", "│", "●  total"]);
});

Deno.test("graphView() shows counts beside connections", () => {
  const graph = shapeOf({ a: 1, b: 1 }, "a.o → b.i", "a.p → b.i");
  const countOf = ({ event }: { event: string }) => event === "o" ? "12×" : "3×";
  assertEquals(graphView(graph, { countOf }), ["●  a  o → b.i  12×", "│     p → b.i   3×", "●  b"]);
});

Deno.test("graphView() leaves out slots and names in narrow columns", () => {
  const graph = shapeOf({ reader: 1, writer: 1 }, "reader.output → writer.incoming_payload");
  const noteOf = () => "1 done";
  assertEquals(graphView(graph, { columns: 37 })[0], "●  reader  output → writer");
  assertEquals(graphView(graph, { columns: 20, noteOf })[0], "●  reader  1 done");
  for (const line of graphView(graph, { columns: 8 })) assert(line.length <= 8);
});

function draw(delays: Record<string, number>, ...wires: string[]): string[] {
  return graphView(shapeOf(delays, ...wires), { noteOf: (id) => `${delays[id]} ms` });
}

function shapeOf(delays: Record<string, number>, ...wires: string[]): GraphShape {
  const routines = Object.keys(delays).map((routineId) => ({ routineId, slots: [], events: [] }));
  const connections = wires.map((wire) => {
    const [from, to] = wire.split(" → ").map(parseReference);
    return {
      ...{ from: from?.routineId ?? "", event: from?.port ?? "" },
      ...{ to: to?.routineId ?? "", slot: to?.port ?? "" },
    };
  });
  return { routines, connections };
}

/** Returns the part of a line that is drawn before the words. */
function rail(line: string): string {
  return (/^[^\w]+/.exec(line)?.[0] ?? "").trimEnd();
}
