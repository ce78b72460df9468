import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import type { Graph } from "../../src/graph/graph.ts";
import { stagesOf } from "../../src/graph/stages_of.ts";

Deno.test("stagesOf() numbers routines by the longest way to them", () => {
  assertEquals(stagesOf(graph(5, [[0, 1], [1, 2], [0, 2], [2, 3]])), stages(0, 1, 2, 3, 0));
  // A cycle is one stage, and a loop changes nothing.
  assertEquals(stagesOf(graph(4, [[0, 1], [1, 2], [2, 1], [2, 3], [3, 3]])), stages(0, 1, 1, 2));
});

Deno.test("stagesOf() returns nothing if all routines are of one stage", () => {
  assertEquals(stagesOf(graph(3, [[0, 1], [1, 2], [2, 0]])), undefined);
  assertEquals(stagesOf(graph(2, [])), undefined);
  assertEquals(stagesOf(graph(0, [])), undefined);
});

Deno.test("stagesOf() numbers a chain of a hundred thousand routines", () => {
  const length = 100_000;
  const chain = Array.from({ length: length - 1 }, (_, i): [number, number] => [i, i + 1]);
  assertEquals(stagesOf(graph(length, chain))?.get(`r${length - 1}`), length - 1);
});

Deno.test("stagesOf() orders all routines that are not in a cycle with each other", () => {
  const size = 7;
  const edges = fc.array(fc.tuple(fc.nat(size - 1), fc.nat(size - 1)), { maxLength: 14 });
  fc.assert(fc.property(edges, (edges) => {
    const found = stagesOf(graph(size, edges));
    const stage = (i: number) => found?.get(`r${i}`) ?? 0;
    const reach = Array.from({ length: size }, (_, i) => reachable(i, edges));
    for (const [from, to] of edges) {
      if (reach[to]!.has(from)) assertEquals(stage(from), stage(to));
      else assert(stage(from) < stage(to), `${from} -> ${to}`);
    }
    for (let i = 0; i < size; i++) {
      // The longest way to its cycle: one more than the latest stage that leads there.
      const isOwn = (other: number) => reach[i]!.has(other) && reach[other]!.has(i);
      const before = edges.filter(([from, to]) => isOwn(to) && !isOwn(from))
        .map(([from]) => stage(from));
      assertEquals(stage(i), before.length === 0 ? 0 : Math.max(...before) + 1);
    }
  }));
});

function reachable(start: number, edges: readonly (readonly [number, number])[]): Set<number> {
  const seen = new Set([start]);
  for (const at of seen) {
    for (const [from, to] of edges) if (from === at) seen.add(to);
  }
  return seen;
}

function stages(...numbers: readonly number[]): Map<string, number> {
  return new Map(numbers.map((stage, i) => [`r${i}`, stage]));
}

function graph(size: number, edges: readonly (readonly [number, number])[]): Graph {
  return {
    nodes: Array.from({ length: size }, (_, i) => ({ id: `r${i}` })),
    connections: edges.map(([from, to]) => ({ from: `r${from}.out`, to: `r${to}.in` })),
  } as unknown as Graph;
}
