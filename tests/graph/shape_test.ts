import { assertEquals, assertNotEquals } from "@std/assert";
import { shapeOf } from "../../src/graph/shape_of.ts";
import { graph, link, sink, source, stage } from "./graphs.ts";

Deno.test("shapeOf() describes routines and connections", () => {
  const { nodes, connections } = graph({ source, sink }, ["source.output -> sink.input"]);
  const renamed = { from: "source.error", to: "sink.input", map: { b: "c", a: "d" } };
  assertEquals(shapeOf({ nodes, connections: [...connections, renamed] }), [
    "sink(input) -> ()",
    "source(trigger) -> (error, output)",
    "source.error -> sink.input { a: d, b: c }",
    "source.output -> sink.input",
  ]);
});

Deno.test("shapeOf() ignores the order of wiring", () => {
  const wiring = ["source.output -> stage.input", "stage.output -> sink.input"];
  assertEquals(
    shapeOf(graph({ source, stage, sink }, wiring)),
    shapeOf(graph({ sink, stage, source }, wiring.toReversed())),
  );
});

Deno.test("shapeOf() changes with any routine or connection", () => {
  const wiring = ["source.output -> link.input", "link.output -> sink.input"];
  const shape = shapeOf(graph({ source, link, sink }, wiring));
  assertNotEquals(shapeOf(graph({ source, link, sink, stage }, wiring)), shape);
  assertNotEquals(shapeOf(graph({ source, link, sink }, wiring.slice(1))), shape);
  assertNotEquals(shapeOf(graph({ source, link: stage, sink }, wiring)), shape);
});

Deno.test("shapeOf() distinguishes names that contain separators", () => {
  const { nodes } = graph({ source, sink }, []);
  const shape = (map: Record<string, string>) =>
    shapeOf({ nodes, connections: [{ from: "source.error", to: "sink.input", map }] });
  assertNotEquals(shape({ a: "x, b: y" }), shape({ a: "x", b: "y" }));
});
