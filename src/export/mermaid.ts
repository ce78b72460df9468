// Flows as Mermaid flowcharts. Every text of a user is written such that Mermaid shows it as it is: ids as words
// that Mermaid cannot take for keywords, labels in quotes with entities for all characters that have a meaning.

import { type DiagramOptions, drawnGraph, type DrawnNode, type GraphInput } from "./drawn_graph.ts";

/**
 * Draws a flow as a [Mermaid](https://mermaid.js.org) flowchart: a node for each routine, and an arrow for each
 * connection, labelled with its event and slot. Arrows of failures are dotted. The same graph gives the same text.
 *
 * @example A flow, for a Markdown file
 * ```ts
 * import { Flow } from "@millrace/flow";
 * import { mermaid } from "@millrace/flow/export";
 * import { fibonacci, total } from "../../examples/fibonacci.ts";
 *
 * await using flow = new Flow()
 *   .add("fibonacci", fibonacci)
 *   .add("total", total)
 *   .connect("fibonacci.result", "total.number");
 * console.log(mermaid(flow).split("\n").at(-2)); //   r_fibonacci -- "result → number" --> r_total
 * ```
 *
 * @param flow A flow, its graph, or the shape of its graph.
 * @param options The numbers to show with the routines and connections.
 * @returns The text of the diagram, which ends with a line break.
 */
export function mermaid(flow: GraphInput, options?: DiagramOptions): string {
  const { nodes, edges } = drawnGraph(flow, options);
  const names = namesOf(nodes);
  const name = (id: string) => names.get(id) ?? "";
  const lines = [
    "flowchart LR",
    ...nodes.map(({ id, label }) => `  ${name(id)}["${label.map(escaped).join("<br/>")}"]`),
    ...edges.map(({ from, to, label, isError }) => {
      const [start, end] = isError ? ["-.", ".->"] : ["--", "-->"];
      return `  ${name(from)} ${start} "${escaped(label)}" ${end} ${name(to)}`;
    }),
    ...classLines(nodes, name),
  ];
  return lines.join("\n") + "\n";
}

/** The classes of nodes, and their styles. */
const CLASSES = [
  ["failed", "stroke:#c62828,stroke-width:2px", ({ hasFailed }: DrawnNode) => hasFailed],
  ["missing", "stroke-dasharray:4", ({ isMissing }: DrawnNode) => isMissing],
] as const;

function classLines(nodes: readonly DrawnNode[], name: (id: string) => string): string[] {
  return CLASSES.flatMap(([className, style, isIn]) => {
    const members = nodes.filter(isIn).map(({ id }) => name(id));
    if (members.length === 0) return [];
    return [`  classDef ${className} ${style}`, `  class ${members.join(",")} ${className}`];
  });
}

/**
 * Names the nodes in the diagram: by their ids, so that a change to the flow changes few lines. The prefix keeps
 * ids such as `end` apart from keywords, and a number keeps names apart that would be equal.
 */
function namesOf(nodes: readonly DrawnNode[]): ReadonlyMap<string, string> {
  const used = new Set<string>();
  return new Map(nodes.map(({ id }) => {
    const plain = `r_${id.replace(/[^A-Za-z0-9_]/g, "_")}`;
    let name = plain;
    for (let number = 2; used.has(name); number++) name = `${plain}_${number}`;
    used.add(name);
    return [id, name];
  }));
}

/**
 * All but the characters that every version of Mermaid shows as they are: letters, digits, those beyond ASCII, single
 * blanks between words, and what joins the words of an id. Others may begin Markdown, HTML, an icon or a formula.
 */
const MEANINGFUL =
  /(?<=^| ) | $|[^\w \x80-\u{10ffff},().-]|(?<![A-Za-z0-9])[_.-]|[_.-](?![A-Za-z0-9])/gu;

/** Writes all that may have a meaning as an entity. */
function escaped(text: string): string {
  return text.replace(MEANINGFUL, (character) => {
    // Blanks that are not between words are lost unless they are no-break spaces.
    return `#${character === " " ? 160 : character.charCodeAt(0)};`;
  });
}
