// The nodes and edges of a diagram of a flow, from any form of its graph, with the numbers of a run on request.
// `mermaid.ts` and `dot.ts` write them down in their languages.

import { printable } from "../errors/printable.ts";
import type { Graph } from "../graph/graph.ts";
import { ERROR_EVENT } from "../routine/error_event.ts";
import { type GraphShape, graphShapeOf } from "../run/graph_shape.ts";
import type { ActivationCounts, RunSnapshot } from "../run/run_snapshot.ts";

/** A flow as nodes and edges. All text is free of control characters, and each character of it is whole. */
export interface DrawnGraph {
  readonly nodes: readonly DrawnNode[];
  readonly edges: readonly DrawnEdge[];
}

/** A routine. */
export interface DrawnNode {
  /** Its id, as it is. */
  readonly id: string;
  /** The lines of its label. */
  readonly label: readonly string[];
  /** `true` if only a connection names it, so that the flow is invalid. */
  readonly isMissing: boolean;
  /** `true` if one of its activations has failed for good. */
  readonly hasFailed: boolean;
}

/** A connection. */
export interface DrawnEdge {
  /** The id of the routine that emits. */
  readonly from: string;
  /** The id of the routine that receives. */
  readonly to: string;
  /** Its label. */
  readonly label: string;
  /** `true` if it carries failures: the event is `$error`. */
  readonly isError: boolean;
}

/** A flow, its graph, or the shape of its graph. */
export type GraphInput = GraphShape | Graph | { readonly graph: Graph | GraphShape };

/** The options of a diagram. */
export interface DiagramOptions {
  /**
   * The numbers of a run, which the routines and connections are labelled with.
   *
   * @default Draws the graph alone.
   */
  readonly counts?: RunSnapshot | undefined;
}

/** Returns the nodes and edges of a flow, in the order of the graph. */
export function drawnGraph(input: GraphInput, { counts }: DiagramOptions = {}): DrawnGraph {
  const { routines, connections } = shapeOfInput(input);
  const known = new Set(routines.map(({ routineId }) => routineId));
  const missing = connections.flatMap(({ from, to }) => [from, to])
    .filter((id) => !known.has(id));
  const numbers = new Map(counts?.routines.map((routine) => [routine.routineId, routine]));
  const delivered = new Map(counts?.connections.map((one) => [keyOf(one), one.delivered]));
  // Connections between the same ports that differ in their maps are drawn as one, as their numbers are one.
  const edges = new Map(connections.map((one) => [keyOf(one), one]));
  return {
    nodes: [...known, ...new Set(missing)].map((id) => {
      const number = numbers.get(id);
      return {
        id,
        label: [shown(id), ...number === undefined ? [] : [countsText(number)]],
        isMissing: !known.has(id),
        hasFailed: number !== undefined && number.failed + number.skipped > 0,
      };
    }),
    edges: [...edges].map(([key, { from, event, to, slot }]) => {
      const ports = `${shown(event)} → ${shown(slot)}`;
      return {
        from,
        to,
        label: counts === undefined ? ports : `${ports} (${delivered.get(key) ?? 0})`,
        isError: event === ERROR_EVENT,
      };
    }),
  };
}

function shapeOfInput(input: GraphInput): GraphShape {
  if ("routines" in input) return input;
  if ("nodes" in input) return graphShapeOf(input);
  return shapeOfInput(input.graph);
}

function keyOf({ from, event, to, slot }: GraphShape["connections"][number]): string {
  return JSON.stringify([from, event, to, slot]);
}

/** The numbers that a label shows, and the words for them. */
const COUNTS = [
  ["completed", "completed"],
  ["failed", "failed"],
  ["skipped", "skipped"],
  ["cancelled", "cancelled"],
  ["retried", "retried"],
  ["executing", "executing"],
  ["queued", "queued"],
  ["held", "held"],
  ["waiting", "waiting"],
] as const satisfies readonly (readonly [keyof ActivationCounts, string])[];

/** Returns the numbers of a routine that are not 0, in one line. */
function countsText(counts: ActivationCounts): string {
  const parts = COUNTS.filter(([key]) => counts[key] > 0 || key === "completed")
    .map(([key, word]) => `${counts[key]} ${word}`);
  return parts.join(", ");
}

function shown(text: string): string {
  return printable(text.toWellFormed());
}
