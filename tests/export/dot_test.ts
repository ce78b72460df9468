import { assert, assertEquals } from "@std/assert";
import { Graphviz } from "npm:@hpcc-js/wasm-graphviz@1.29.2";
import { dot } from "@millrace/flow/export";
import { printable } from "../../src/errors/printable.ts";
import { HOSTILE, HOSTILE_SHAPE } from "./hostile.ts";
import { ORDERS, someNumbers } from "./shapes.ts";

const graphviz = await Graphviz.load();

Deno.test("dot() draws routines and connections in the order of the graph", () => {
  const text = dot(ORDERS);
  assertEquals(
    text,
    `digraph {
  rankdir=LR;
  node [shape=box, style=rounded, fontname="sans-serif"];
  edge [fontname="sans-serif", fontsize=11];
  "parse" [label="parse"];
  "store" [label="store"];
  "gather" [label="gather"];
  "parse" -> "store" [label="order → order"];
  "parse" -> "gather" [label="$error → failed", style=dashed];
}
`,
  );
  assertEquals(shownBy(text), {
    nodes: ["parse", "store", "gather"],
    edges: ["order → order", "$error → failed"],
  });
});

Deno.test("dot() labels with counts on request", () => {
  const { nodes, edges } = shownBy(dot(ORDERS, { counts: someNumbers() }));
  assertEquals(nodes, [
    "parse|12 completed, 1 failed, 2 retried, 3 executing",
    "store|0 completed",
    "gather|0 completed",
  ]);
  assertEquals(edges, ["order → order (12)", "$error → failed (1)"]);
});

Deno.test("dot() writes any id such that Graphviz shows it", () => {
  const { nodes, edges } = shownBy(dot(HOSTILE_SHAPE));
  assertEquals(nodes, HOSTILE.map(printed));
  assertEquals(
    edges.toSorted(),
    HOSTILE_SHAPE.connections.map(({ event, slot }) => `${printed(event)} → ${printed(slot)}`)
      .toSorted(),
  );
});

Deno.test("dot() draws routines that only connections name as missing", () => {
  const text = dot({ routines: [], connections: ORDERS.connections });
  assert(text.includes(`"parse" [label="parse", style="rounded,dashed"];`));
  assertEquals(shownBy(text).nodes, ["parse", "store", "gather"]);
});

Deno.test("dot() draws an empty flow", () => {
  assertEquals(shownBy(dot({ routines: [], connections: [] })), { nodes: [], edges: [] });
});

/** Returns the labels that Graphviz draws, in the order of the file; lines of a label are joined by `|`. */
function shownBy(text: string): { nodes: string[]; edges: string[] } {
  const svg = graphviz.layout(text, "svg", "dot");
  const groups = [...svg.matchAll(/<g id="(node|edge)(\d+)"[^]*?<\/g>/g)]
    .toSorted(([, , one], [, , other]) => Number(one) - Number(other));
  const labels = (kind: string) =>
    groups.filter(([, found]) => found === kind).map(([group]) =>
      [...group.matchAll(/<text[^>]*>([^]*?)<\/text>/g)].map(([, text = ""]) => decoded(text))
        .join("|")
    );
  return { nodes: labels("node"), edges: labels("edge") };
}

function decoded(text: string): string {
  return text.replace(/&(?:#(\d+)|(\w+));/g, (_, code, name) => {
    return code === undefined ? NAMED[name] ?? "?" : String.fromCodePoint(Number(code));
  }).replaceAll("\u00a0", " ");
}

const NAMED: Readonly<Record<string, string>> = {
  lt: "<",
  gt: ">",
  quot: '"',
  amp: "&",
  apos: "'",
};

function printed(text: string): string {
  return printable(text.toWellFormed());
}
