// The routines and connections of a flow as plain data, for views: from a flow's graph, or from the lines that a
// store has of it.

import { type Graph, parseReference } from "../graph/graph.ts";

/**
 * The routines and connections of a flow as plain data.
 *
 * @example The routines of a flow
 * ```ts
 * import type { GraphShape } from "@millrace/flow/monitor";
 *
 * const names = ({ routines }: GraphShape): string[] => routines.map(({ routineId }) => routineId);
 * console.log(names({ routines: [{ routineId: "a", slots: ["in"], events: [] }], connections: [] })); // [ "a" ]
 * ```
 */
export interface GraphShape {
  /** The routines, in the order in which they were added, or sorted if they come from a store. */
  readonly routines: readonly RoutineShape[];
  /** The connections. */
  readonly connections: readonly ConnectionShape[];
}

/** A routine of a flow. */
export interface RoutineShape {
  /** Its id. */
  readonly routineId: string;
  /** The names of its slots. */
  readonly slots: readonly string[];
  /** The names of its events, without `$error`. */
  readonly events: readonly string[];
}

/** A connection of a flow. */
export interface ConnectionShape {
  /** The routine that emits. */
  readonly from: string;
  /** Its event. */
  readonly event: string;
  /** The routine that receives. */
  readonly to: string;
  /** Its slot. */
  readonly slot: string;
}

/** Returns the shape of a flow's graph. */
export function graphShapeOf({ nodes, connections }: Graph): GraphShape {
  return {
    routines: nodes.map(({ id, routine: { slots, events } }) => ({
      routineId: id,
      slots: Object.keys(slots),
      events: Object.keys(events),
    })),
    connections: connections.map(({ from, to }) => connectionOf(from, to)),
  };
}

/**
 * Reads the lines with which a store describes a flow, such as `a(in) -> (out)` and `a.out -> b.in`.
 * Lines that are neither are left out.
 */
export function parseShape(lines: readonly string[]): GraphShape {
  const routines: RoutineShape[] = [];
  const connections: ConnectionShape[] = [];
  for (const line of lines) {
    const routine = /^(.*?)\((.*)\) -> \((.*)\)$/.exec(line);
    if (routine !== null) {
      const [, routineId = "", slots = "", events = ""] = routine;
      routines.push({ routineId, slots: listOf(slots), events: listOf(events) });
      continue;
    }
    const wire = /^(.+?) -> (.+?)(?: \{ .* \})?$/.exec(line);
    if (wire !== null) connections.push(connectionOf(wire[1] ?? "", wire[2] ?? ""));
  }
  return { routines, connections };
}

/** Returns the routines from which payloads can reach each routine, by its id, itself aside unless in a cycle. */
export function ancestorsOf({ routines, connections }: GraphShape): Map<string, Set<string>> {
  const sources = new Map<string, Set<string>>();
  for (const { from, to } of connections) {
    sources.getOrInsertComputed(to, () => new Set()).add(from);
  }
  return new Map(routines.map(({ routineId }) => {
    const found = new Set<string>();
    const waiting = [...sources.get(routineId) ?? []];
    for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
      if (found.has(next)) continue;
      found.add(next);
      waiting.push(...sources.get(next) ?? []);
    }
    return [routineId, found];
  }));
}

function connectionOf(from: string, to: string): ConnectionShape {
  const [source, target] = [parseReference(from), parseReference(to)];
  return { from: source.routineId, event: source.port, to: target.routineId, slot: target.port };
}

function listOf(names: string): string[] {
  return names === "" ? [] : names.split(", ");
}
