import { assertEquals } from "@std/assert";
import { Flow } from "@millrace/flow";
import { shapeOf } from "../../src/graph/shape_of.ts";
import { ancestorsOf, graphShapeOf, parseShape } from "../../src/run/graph_shape.ts";
import { fibonacci, total } from "../../examples/fibonacci.ts";

Deno.test("parseShape() reads the lines that a store has of a flow", async () => {
  await using flow = new Flow()
    .add("z last", fibonacci)
    .add("a", total)
    .connect("z last.result", "a.number");
  const { routines, connections } = graphShapeOf(flow.graph);
  const sorted = routines.toSorted((a, b) => a.routineId < b.routineId ? -1 : 1);
  assertEquals(parseShape(shapeOf(flow.graph)), { routines: sorted, connections });
});

Deno.test("parseShape() reads ids with parentheses, arrows and braces", () => {
  const ids = ["f(x)", "a -> b", "(", ") -> (", "a, b", "x { y }", "$()->"];
  const end = "end (of all)";
  const graph = {
    nodes: [
      ...ids.map((id) => ({ id, routine: fibonacci, config: {} })),
      { id: end, routine: total, config: {} },
    ],
    connections: ids.map((id) => {
      return { from: `${id}.result`, to: `${end}.number`, map: { value: "n" } };
    }),
  };
  const { routines, connections } = parseShape(shapeOf(graph));
  const expected = graphShapeOf(graph);
  assertEquals(
    [routines, connections].map((list) => new Set<unknown>(list)),
    [expected.routines, expected.connections].map((list) => new Set<unknown>(list)),
  );
});

Deno.test("parseShape() takes a time that grows with the length of the lines alone", () => {
  // A pattern with several lists would go back and forth for hours.
  for (const part of ["(", ") -> (", " -> ", " { ", "a.b -> "]) {
    parseShape([`a.b -> c.d${part.repeat(100_000)}x`, `${part.repeat(100_000)}x`]);
  }
});

Deno.test("parseShape() leaves out renamed fields and lines that it does not know", () => {
  assertEquals(parseShape(["a.out -> b.in { x: y }", "?"]), {
    routines: [],
    connections: [{ from: "a", event: "out", to: "b", slot: "in" }],
  });
});

Deno.test("ancestorsOf() contains a routine itself only if it is in a cycle", () => {
  const routines = ["a", "b", "c", "d"].map((routineId) => ({ routineId, slots: [], events: [] }));
  const wire = (from: string, to: string) => ({ from, event: "x", to, slot: "y" });
  const found = ancestorsOf({
    routines,
    connections: [wire("a", "b"), wire("b", "c"), wire("c", "b"), wire("c", "d")],
  });
  const sorted = [...found].map(([id, before]) => [id, [...before].sort()]);
  assertEquals(sorted, [["a", []], ["b", ["a", "b", "c"]], ["c", ["a", "b", "c"]], [
    "d",
    ["a", "b", "c"],
  ]]);
});
