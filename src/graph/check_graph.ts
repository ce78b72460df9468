// Finds the faults of a graph that can be detected without loading a module. `Wiring` calls it for `validate`
// and before the first start.

import { isRoutine } from "../routine/routine.ts";
import { ERROR_EVENT } from "../routine/error_event.ts";
import type { FlowIssue } from "./flow_issue.ts";
import {
  type Connection,
  type FlowNode,
  type Graph,
  parseReference,
  slotReferences,
} from "./graph.ts";

/**
 * Finds all faults of a graph that can be found without loading a module.
 *
 * @param graph The graph.
 * @param entries The slots at which jobs start, besides the slots without a connection.
 * @returns The faults, routines first, then connections, then entries.
 */
export function checkGraph(graph: Graph, entries: readonly string[] = []): FlowIssue[] {
  const nodes = new Map<string, FlowNode>();
  const issues = [...checkNodes(graph.nodes, nodes), ...checkConnections(graph.connections, nodes)];
  for (const entry of new Set(entries)) issues.push(...checkPort(entry, "slots", entry, nodes));
  issues.push(...checkReach(graph.connections, nodes, entries));
  return issues;
}

function* checkNodes(
  added: readonly FlowNode[],
  nodes: Map<string, FlowNode>,
): Iterable<FlowIssue> {
  for (const node of added) {
    const { id, routine } = node;
    if (id === "" || id.includes(".")) {
      yield error("invalid_id", id, "the id is empty or has a dot in it", "choose one without");
    } else if (nodes.has(id)) {
      yield error("duplicate_id", id, "two routines have this id", "give one of them another id");
    } else if (!isRoutine(routine)) {
      yield error("not_a_routine", id, "it is not a routine", "make it with defineRoutine");
    } else nodes.set(id, node);
  }
}

function* checkConnections(
  connections: readonly Connection[],
  nodes: ReadonlyMap<string, FlowNode>,
): Iterable<FlowIssue> {
  const made = new Set<string>();
  for (const connection of connections) {
    const place = `${connection.from} -> ${connection.to}`;
    const key = JSON.stringify([place, Object.entries(connection.map ?? {}).sort()]);
    if (made.has(key)) {
      yield error("duplicate_connection", place, "the connection is made twice", "remove one");
      continue;
    }
    made.add(key);
    yield* checkPort(connection.from, "events", place, nodes);
    yield* checkPort(connection.to, "slots", place, nodes);
  }
}

function* checkPort(
  reference: string,
  ports: "events" | "slots",
  place: string,
  nodes: ReadonlyMap<string, FlowNode>,
): Iterable<FlowIssue> {
  const kind = ports === "events" ? "event" : "slot";
  const { routineId, port } = parseReference(reference);
  const node = nodes.get(routineId);
  if (node === undefined) {
    const known = listed("routines", nodes.keys());
    yield error("unknown_routine", place, `there is no routine "${routineId}"`, known);
  } else if (!Object.hasOwn(node.routine[ports], port) && !isErrorEvent(ports, port)) {
    const known = listed(ports, Object.keys(node.routine[ports]));
    yield error(`unknown_${kind}`, place, `"${routineId}" has no ${kind} "${port}"`, known);
  }
}

function* checkReach(
  connections: readonly Connection[],
  nodes: ReadonlyMap<string, FlowNode>,
  entries: readonly string[],
): Iterable<FlowIssue> {
  const fed = new Set(connections.map(({ to }) => to));
  const next = new Map<string, string[]>();
  for (const { from, to } of connections) {
    const { routineId } = parseReference(from);
    const successors = next.get(routineId) ?? [];
    if (successors.length === 0) next.set(routineId, successors);
    successors.push(parseReference(to).routineId);
  }
  const waiting = [...entries].map((entry) => parseReference(entry).routineId);
  for (const node of nodes.values()) {
    if (slotReferences(node).some((slot) => !fed.has(slot))) waiting.push(node.id);
  }
  const reached = new Set<string>();
  for (let id = waiting.pop(); id !== undefined; id = waiting.pop()) {
    if (reached.has(id)) continue;
    reached.add(id);
    waiting.push(...next.get(id) ?? []);
  }
  for (const id of nodes.keys()) {
    if (reached.has(id)) continue;
    yield {
      code: "unreachable",
      severity: "warning",
      place: id,
      message: "no entry leads to this routine",
      fix: "connect an event to it, or start a job at one of its slots",
    };
  }
}

function isErrorEvent(ports: "events" | "slots", port: string): boolean {
  return ports === "events" && port === ERROR_EVENT;
}

function error(code: FlowIssue["code"], place: string, message: string, fix: string): FlowIssue {
  return { code, severity: "error", place, message, fix };
}

function listed(what: string, names: Iterable<string>): string {
  const list = [...names];
  return list.length === 0
    ? `there are no ${what}`
    : `choose one of the ${what} ${list.join(", ")}`;
}
