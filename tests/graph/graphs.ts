import { defineRoutine, event, slot } from "@millrace/flow/routine";
import type { Connection, FlowNode, Graph } from "../../src/graph/graph.ts";
import type { Routine } from "../../src/routine/routine.ts";

/** A routine that starts jobs. */
export const source = defineRoutine(import.meta, {
  slots: { trigger: slot<unknown>() },
  events: { output: event<unknown>(), error: event<unknown>() },
  handlers: { trigger() {} },
});

/** A routine in the middle. */
export const stage = defineRoutine(import.meta, {
  slots: { input: slot<unknown>(), again: slot<unknown>() },
  events: { output: event<unknown>() },
  handlers: { input() {}, again() {} },
});

/** A routine with a single slot, which leads nowhere. */
export const sink = defineRoutine(import.meta, {
  slots: { input: slot<unknown>() },
  handlers: { input() {} },
});

/** A routine whose only slot can be fed, so that it is no entry. */
export const link = defineRoutine(import.meta, {
  slots: { input: slot<unknown>() },
  events: { output: event<unknown>() },
  handlers: { input() {} },
});

/** A graph, of routines by id and connections as `"source.output -> sink.input"`. */
export function graph(
  routines: Record<string, Routine>,
  connections: readonly string[] = [],
): Graph {
  return { nodes: Object.entries(routines).map(node), connections: connections.map(connection) };
}

/** A routine under an id. */
export function node([id, routine]: readonly [string, Routine]): FlowNode {
  return { id, routine, config: {} };
}

function connection(text: string): Connection {
  const [from = "", to = ""] = text.split(" -> ");
  return { from, to, map: undefined };
}
