import { assertEquals } from "@std/assert";
import type { Graph } from "../../src/graph/graph.ts";
import { parseReference, slotReferences } from "../../src/graph/graph.ts";
import { Routes } from "../../src/graph/routes.ts";
import { graph, node, sink, source, stage } from "./graphs.ts";

Deno.test("Routes.from() lists slots in order of connection", () => {
  const routes = new Routes(graph({ source, stage, sink }, [
    "source.output -> stage.again",
    "stage.output -> sink.input",
    "source.output -> sink.input",
    "source.output -> stage.input",
  ]));
  const targets = routes.from("source", "output").map(({ routineId, slot }) => [routineId, slot]);
  assertEquals(targets, [["stage", "again"], ["sink", "input"], ["stage", "input"]]);
  assertEquals(routes.from("stage", "output").length, 1);
});

Deno.test("Routes.from() is empty for an unconnected event", () => {
  const routes = new Routes(graph({ source, sink }, ["source.output -> sink.input"]));
  assertEquals(routes.from("source", "error"), []);
  assertEquals(routes.from("sink", "output"), []);
  assertEquals(routes.from("source", "toString"), []);
  assertEquals(routes.from("nobody", "output"), []);
});

Deno.test("Routes.from() includes the field map", () => {
  const map = { a: "b" };
  const connections: Graph["connections"] = [{ from: "source.output", to: "sink.input", map }];
  const routes = new Routes({ ...graph({ source, sink }), connections });
  assertEquals(routes.from("source", "output"), [{ routineId: "sink", slot: "input", map }]);
});

Deno.test("parseReference() splits at the first dot", () => {
  assertEquals(parseReference("a.b"), { routineId: "a", port: "b" });
  assertEquals(parseReference("a.b.c"), { routineId: "a", port: "b.c" });
  assertEquals(parseReference("a"), { routineId: "a", port: "" });
  assertEquals(parseReference(".b"), { routineId: "", port: "b" });
});

Deno.test("slotReferences() lists the slots of a routine", () => {
  assertEquals(slotReferences(node(["s", stage])), ["s.input", "s.again"]);
});
