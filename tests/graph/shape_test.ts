import { assertEquals, assertNotEquals } from "@std/assert";
import { shapeOf } from "../../src/graph/shape.ts";
import { graph, link, sink, source, stage } from "./graphs.ts";

Deno.test("a shape tells each routine with its ports, and each connection", () => {
  const { nodes, connections } = graph({ source, sink }, ["source.output -> sink.input"]);
  const renamed = { from: "source.error", to: "sink.input", map: { b: "c", a: "d" } };
  assertEquals(shapeOf({ nodes, connections: [...connections, renamed] }), [
    "sink(input) -> ()",
    "source(trigger) -> (error, output)",
    "source.error -> sink.input { a: d, b: c }",
    "source.output -> sink.input",
  ]);
});

Deno.test("the order in which a flow was put together does not matter", () => {
  const wiring = ["source.output -> stage.input", "stage.output -> sink.input"];
  assertEquals(
    shapeOf(graph({ source, stage, sink }, wiring)),
    shapeOf(graph({ sink, stage, source }, wiring.toReversed())),
  );
});

Deno.test("a routine or a connection more, less or other makes another shape", () => {
  const wiring = ["source.output -> link.input", "link.output -> sink.input"];
  const shape = shapeOf(graph({ source, link, sink }, wiring));
  assertNotEquals(shapeOf(graph({ source, link, sink, stage }, wiring)), shape);
  assertNotEquals(shapeOf(graph({ source, link, sink }, wiring.slice(1))), shape);
  assertNotEquals(shapeOf(graph({ source, link: stage, sink }, wiring)), shape);
});

Deno.test("names that look like several make a shape of their own", () => {
  const { nodes } = graph({ source, sink }, []);
  const shape = (map: Record<string, string>) =>
    shapeOf({ nodes, connections: [{ from: "source.error", to: "sink.input", map }] });
  assertNotEquals(shape({ a: "x, b: y" }), shape({ a: "x", b: "y" }));
});
