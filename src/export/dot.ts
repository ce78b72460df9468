import { type DiagramOptions, drawnGraph, type DrawnNode, type GraphInput } from "./drawn_graph.ts";

/**
 * Draws a flow in DOT, the language of [Graphviz](https://graphviz.org): a node for each routine, and an edge for
 * each connection, labelled with its event and slot. Edges of failures are dashed. The same graph gives the same
 * text.
 *
 * @example A flow as an image, with Graphviz: `deno run flow.ts | dot -Tsvg > flow.svg`
 * ```ts
 * import { Flow } from "@millrace/flow";
 * import { dot } from "@millrace/flow/export";
 * import { fibonacci, total } from "../../examples/fibonacci.ts";
 *
 * await using flow = new Flow()
 *   .add("fibonacci", fibonacci)
 *   .add("total", total)
 *   .connect("fibonacci.result", "total.number");
 * console.log(dot(flow).split("\n").at(-3)); //   "fibonacci" -> "total" [label="result → number"];
 * ```
 *
 * @param flow A flow, its graph, or the shape of its graph.
 * @param options The numbers to show with the routines and connections.
 * @returns The text of the diagram, which ends with a line break.
 */
export function dot(flow: GraphInput, options?: DiagramOptions): string {
  const { nodes, edges } = drawnGraph(flow, options);
  const lines = [
    "digraph {",
    "  rankdir=LR;",
    `  node [shape=box, style=rounded, fontname="sans-serif"];`,
    `  edge [fontname="sans-serif", fontsize=11];`,
    ...nodes.map((node) => {
      const label = `label="${node.label.map(labelText).join("\\n")}"`;
      return `  ${quoted(node.id)} [${[label, ...stylesOf(node)].join(", ")}];`;
    }),
    ...edges.map(({ from, to, label, isError }) => {
      const style = isError ? ", style=dashed" : "";
      return `  ${quoted(from)} -> ${quoted(to)} [label="${labelText(label)}"${style}];`;
    }),
    "}",
  ];
  return lines.join("\n") + "\n";
}

function stylesOf({ hasFailed, isMissing }: DrawnNode): string[] {
  return [
    ...hasFailed ? [`color="#c62828", penwidth=2`] : [],
    ...isMissing ? [`style="rounded,dashed"`] : [],
  ];
}

/**
 * Writes an id as a quoted one. Graphviz only compares it, and shows the label instead. A NUL would end the text,
 * and a backslash before the last quote would escape it.
 */
function quoted(id: string): string {
  return `"${escapedText(id.toWellFormed())}"`;
}

/** Writes a text for a label, in which Graphviz replaces escape sequences and HTML entities. */
function labelText(text: string): string {
  return escapedText(text).replaceAll("&", "&amp;");
}

function escapedText(text: string): string {
  return text.replaceAll("\\", "\\\\").replaceAll('"', '\\"').replaceAll("\0", "\\\\0");
}
