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
    const routine = routineIn(line);
    if (routine !== undefined) {
      routines.push(routine);
      continue;
    }
    const connection = connectionIn(line);
    if (connection !== undefined) connections.push(connection);
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

// Lines are searched from the ends of their parts, and not by patterns: the id of a routine may contain parentheses and
// arrows, and a journal lines of any length.

/** Reads a line such as `a(in) -> (out)`. */
function routineIn(line: string): RoutineShape | undefined {
  const arrow = line.lastIndexOf(LISTS);
  const open = arrow < 0 ? -1 : line.lastIndexOf("(", arrow - 1);
  const routineId = line.slice(0, Math.max(0, open));
  // Only a connection has a dot before its ports.
  if (open < 0 || !line.endsWith(")") || routineId.includes(".")) return undefined;
  const slots = line.slice(open + 1, arrow);
  const events = line.slice(arrow + LISTS.length, -1);
  return { routineId, slots: listOf(slots), events: listOf(events) };
}

/** Reads a line such as `a.out -> b.in` or `a.out -> b.in { x: y }`. */
function connectionIn(line: string): ConnectionShape | undefined {
  // The arrow comes after the event.
  const arrow = line.indexOf(ARROW, Math.max(0, line.indexOf(".")));
  if (arrow <= 0) return undefined;
  const to = line.slice(arrow + ARROW.length);
  const renamed = to.endsWith(" }") ? to.indexOf(" { ", Math.max(0, to.indexOf("."))) : -1;
  const target = renamed < 0 ? to : to.slice(0, renamed);
  return target === "" ? undefined : connectionOf(line.slice(0, arrow), target);
}

/** The texts between the lists of slots and events, and between the ends of a connection. */
const LISTS = ") -> (", ARROW = " -> ";

function connectionOf(from: string, to: string): ConnectionShape {
  const [source, target] = [parseReference(from), parseReference(to)];
  return { from: source.routineId, event: source.port, to: target.routineId, slot: target.port };
}

function listOf(names: string): string[] {
  return names === "" ? [] : names.split(", ");
}
