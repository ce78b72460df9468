import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { checkGraph } from "../../src/graph/check_graph.ts";
import type { FlowIssue } from "../../src/graph/flow_issue.ts";
import type { Graph } from "../../src/graph/graph.ts";
import type { Routine } from "../../src/routine/routine.ts";
import { graph, node, sink, source, stage } from "./graphs.ts";

/** Returns the issues, as `code at place`. */
function found(checked: Graph, entries?: readonly string[]): string[] {
  return checkGraph(checked, entries).map(({ code, place }) => `${code} at ${place}`);
}

function only(checked: Graph): FlowIssue {
  const [issue, ...others] = checkGraph(checked);
  assertEquals(others, []);
  assert(issue !== undefined, "nothing was found");
  return issue;
}

Deno.test("checkGraph() accepts a sound graph", () => {
  const wiring = ["source.output -> stage.input", "stage.output -> sink.input"];
  assertEquals(checkGraph(graph({ source, stage, sink }, wiring)), []);
});

Deno.test("checkGraph() accepts empty and cyclic graphs", () => {
  assertEquals(checkGraph(graph({})), []);
  const wiring = [
    "source.output -> stage.input",
    "source.output -> sink.input",
    "source.error -> sink.input",
    "stage.output -> stage.again",
    "stage.output -> stage.input",
    "stage.output -> sink.input",
  ];
  assertEquals(checkGraph(graph({ source, stage, sink }, wiring)), []);
});

Deno.test("checkGraph() reports an unknown event with alternatives", () => {
  const issue = only(graph({ source, sink }, [
    "source.out -> sink.input",
    "source.output -> sink.input",
  ]));
  assertEquals([issue.code, issue.severity], ["unknown_event", "error"]);
  assertEquals(issue.place, "source.out -> sink.input");
  assertStringIncludes(issue.message, '"source" has no event "out"');
  assertStringIncludes(issue.fix, "output, error");
});

Deno.test("checkGraph() reports an unknown slot with alternatives", () => {
  const issue = only(graph({ source, stage }, [
    "source.output -> stage.inputs",
    "source.output -> stage.input",
  ]));
  assertEquals([issue.code, issue.place], ["unknown_slot", "source.output -> stage.inputs"]);
  assertStringIncludes(issue.message, '"stage" has no slot "inputs"');
  assertStringIncludes(issue.fix, "input, again");
});

Deno.test("checkGraph() reports unknown routines at either end", () => {
  const routines = { source, sink };
  const known = "source.output -> sink.input";
  const from = only(graph(routines, [known, "well.output -> sink.input"]));
  assertEquals([from.code, from.place], ["unknown_routine", "well.output -> sink.input"]);
  assertStringIncludes(from.fix, "source, sink");
  const to = only(graph(routines, [known, "source.output -> drain.input"]));
  assertEquals([to.code, to.place], ["unknown_routine", "source.output -> drain.input"]);
  assertStringIncludes(to.message, '"drain"');
});

Deno.test("checkGraph() reports a reference without a port", () => {
  const checked = graph({ source, sink }, ["source -> sink.input", "source.output -> sink"]);
  assertEquals(found(checked).slice(0, 2), [
    "unknown_event at source -> sink.input",
    "unknown_slot at source.output -> sink",
  ]);
});

Deno.test("checkGraph() accepts $error only as an event", () => {
  const wiring = ["source.$error -> sink.input", "sink.$error -> stage.input"];
  assertEquals(found(graph({ source, sink, stage }, wiring)), []);
  const checked = graph({ source, sink }, [
    "source.output -> sink.input",
    "source.output -> sink.$error",
  ]);
  assertEquals(found(checked), ["unknown_slot at source.output -> sink.$error"]);
});

Deno.test("checkGraph() reports inherited names as unknown", () => {
  const checked = graph({ source, sink }, ["source.toString -> sink.constructor"]);
  assertEquals(found(checked), [
    "unknown_event at source.toString -> sink.constructor",
    "unknown_slot at source.toString -> sink.constructor",
  ]);
});

Deno.test("checkGraph() reports a routine without events", () => {
  const checked = graph({ source, sink }, [
    "source.output -> sink.input",
    "sink.output -> sink.input",
  ]);
  assertStringIncludes(only(checked).fix, "there are no events");
});

Deno.test("checkGraph() reports a duplicate id", () => {
  const nodes = [node(["source", source]), node(["source", sink])];
  const issue = only({ nodes, connections: [] });
  assertEquals([issue.code, issue.severity, issue.place], ["duplicate_id", "error", "source"]);
});

Deno.test("checkGraph() accepts one routine under two ids", () => {
  assertEquals(checkGraph(graph({ one: source, two: source })), []);
});

Deno.test("checkGraph() reports ids that references cannot name", () => {
  assertEquals(found(graph({ "a.b": source, "": source })), [
    "invalid_id at a.b",
    "invalid_id at ",
  ]);
});

Deno.test("checkGraph() reports values not made by defineRoutine()", () => {
  const fake = { slots: {}, events: {}, config: {} } as unknown as Routine;
  const issue = only(graph({ source, fake }));
  assertEquals([issue.code, issue.place], ["not_a_routine", "fake"]);
  assertStringIncludes(issue.fix, "defineRoutine");
  for (const value of [undefined, null, "source", () => {}]) {
    const wrong = value as unknown as Routine;
    assertEquals(found(graph({ wrong })), ["not_a_routine at wrong"]);
  }
});

Deno.test("checkGraph() reports each repeated connection", () => {
  const twice = "source.output -> sink.input";
  assertEquals(found(graph({ source, sink }, [twice, twice, twice])), [
    `duplicate_connection at ${twice}`,
    `duplicate_connection at ${twice}`,
  ]);
});

Deno.test("checkGraph() distinguishes connections by their maps", () => {
  const ports = { from: "source.output", to: "sink.input" };
  const maps = [undefined, { a: "b", c: "d" }, { a: "d" }];
  const connections = maps.map((map) => ({ ...ports, map }));
  const { nodes } = graph({ source, sink });
  assertEquals(found({ nodes, connections }), []);
  const again = [{ ...ports, map: {} }, { ...ports, map: { c: "d", a: "b" } }];
  const duplicate = "duplicate_connection at source.output -> sink.input";
  assertEquals(found({ nodes, connections: [...connections, ...again] }), [duplicate, duplicate]);
});

Deno.test("checkGraph() reports all issues with place and fix", () => {
  const { nodes, connections } = graph({ source, stage, sink, "a.b": sink, alone: sink }, [
    "source.output -> stage.input",
    "source.output -> stage.input",
    "source.outputs -> stage.inputs",
    "well.output -> sink.input",
    "alone.output -> alone.input",
    "sink.done -> stage.again",
  ]);
  const checked = { nodes: [...nodes, node(["stage", sink])], connections };
  assertEquals(found(checked), [
    "invalid_id at a.b",
    "duplicate_id at stage",
    "duplicate_connection at source.output -> stage.input",
    "unknown_event at source.outputs -> stage.inputs",
    "unknown_slot at source.outputs -> stage.inputs",
    "unknown_routine at well.output -> sink.input",
    "unknown_event at alone.output -> alone.input",
    "unknown_event at sink.done -> stage.again",
    "unreachable at sink",
    "unreachable at alone",
  ]);
  for (const { message, fix } of checkGraph(checked)) assert(message !== "" && fix !== "");
});
