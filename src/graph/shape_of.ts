import type { Graph } from "./graph.ts";

/**
 * Returns the shape of a graph as lines: the parts that must be the same for a job to go on in another
 * process. Handlers and config are not included, so they may change.
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

/** Puts a name in quotes unless it is a plain identifier, so that names cannot be confused. */
function quoted(name: string): string {
  return /^[\w$]+$/.test(name) ? name : JSON.stringify(name);
}
