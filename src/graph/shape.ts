import type { Graph } from "./graph.ts";

/**
 * Tells a graph in lines: what has to be the same for a job to go on in another process. Handlers and
 * config are not part of it, so they may change.
 *
 * @returns A line for each routine and each connection, sorted.
 */
export function shapeOf({ nodes, connections }: Graph): string[] {
  const routines = nodes.map(({ id, routine: { slots, events } }) =>
    `${id}(${Object.keys(slots).sort().join(", ")}) -> (${Object.keys(events).sort().join(", ")})`
  );
  const wires = connections.map(({ from, to, map = {} }) => {
    const renamed = Object.entries(map).map((names) => names.map(quoted).join(": ")).sort();
    return `${from} -> ${to}${renamed.length === 0 ? "" : ` { ${renamed.join(", ")} }`}`;
  });
  return [...routines, ...wires].sort();
}

/** A name that could be taken for more than one, in quotes. */
function quoted(name: string): string {
  return /^[\w$]+$/.test(name) ? name : JSON.stringify(name);
}
