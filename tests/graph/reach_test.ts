import { assertEquals } from "@std/assert";
import fc from "fast-check";
import { checkGraph } from "../../src/graph/check_graph.ts";
import { type Graph, parseReference } from "../../src/graph/graph.ts";
import { graph, link, sink, source, stage } from "./graphs.ts";

/** The ids of the routines that nobody can reach. */
function unreachable(checked: Graph, entries?: readonly string[]): string[] {
  return checkGraph(checked, entries)
    .filter(({ code }) => code === "unreachable")
    .map(({ place }) => place);
}

Deno.test("checkGraph() warns of an unreachable ring", () => {
  const ring = graph({ source, a: link, b: link }, [
    "a.output -> b.input",
    "b.output -> a.input",
  ]);
  assertEquals(unreachable(ring), ["a", "b"]);
  assertEquals(checkGraph(ring).map(({ severity }) => severity), ["warning", "warning"]);
});

Deno.test("checkGraph() reaches a ring from given entries", () => {
  const ring = graph({ a: link, b: link }, [
    "a.output -> b.input",
    "b.output -> a.input",
  ]);
  assertEquals(unreachable(ring, ["b.input"]), []);
});

Deno.test("checkGraph() reports a routine connected only to itself", () => {
  const self = graph({ self: link }, ["self.output -> self.input"]);
  assertEquals(unreachable(self), ["self"]);
});

Deno.test("checkGraph() treats unconnected slots as entries", () => {
  // `stage` has a second slot, so jobs can start there.
  const checked = graph({ stage, sink }, [
    "stage.output -> stage.input",
    "stage.output -> sink.input",
  ]);
  assertEquals(unreachable(checked), []);
});

Deno.test("checkGraph() reaches exactly the routines behind entries", () => {
  const edges = fc.array(fc.tuple(fc.nat(7), fc.nat(7)), { maxLength: 14 });
  fc.assert(fc.property(edges, fc.option(fc.nat(7)), (pairs, entry) => {
    const ids = Array.from({ length: 8 }, (_, i) => `r${i}`);
    const wiring = new Set(pairs.map(([from, to]) => `r${from}.output -> r${to}.input`));
    const checked = graph(Object.fromEntries(ids.map((id) => [id, link])), [...wiring]);
    const entries = entry === null ? [] : [`r${entry}.input`];
    assertEquals(unreachable(checked, entries), expected(checked, entries));
  }));
});

/** The slow way: spread from the entries until nothing is new. */
function expected({ nodes, connections }: Graph, entries: readonly string[]): string[] {
  const fed = new Set(connections.map(({ to }) => to));
  const reached = new Set(entries.map((entry) => parseReference(entry).routineId));
  for (const { id } of nodes) if (!fed.has(`${id}.input`)) reached.add(id);
  for (let i = 0; i < nodes.length; i++) {
    for (const { from, to } of connections) {
      const [source, target] = [from, to].map((port) => parseReference(port).routineId);
      if (reached.has(source ?? "")) reached.add(target ?? "");
    }
  }
  return nodes.map(({ id }) => id).filter((id) => !reached.has(id));
}
