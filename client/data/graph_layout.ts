// The places of routines and connections in the drawing of a graph, by dagre. Connections of the same two routines
// are drawn as one edge.

import dagre from "@dagrejs/dagre";
import type { ConnectionShape, GraphShape } from "../../src/run/graph_shape.ts";

export const NODE_WIDTH = 196;
export const NODE_HEIGHT = 66;

/** A drawing of a graph. */
export interface GraphLayout {
  readonly width: number;
  readonly height: number;
  /** The centres of the routines, by id. */
  readonly nodes: ReadonlyMap<string, Point>;
  readonly edges: readonly Edge[];
}

export interface Point {
  readonly x: number;
  readonly y: number;
}

/** All connections from one routine to another. */
export interface Edge {
  readonly key: string;
  readonly from: string;
  readonly to: string;
  readonly connections: readonly ConnectionShape[];
  readonly points: readonly Point[];
  /** The centre of its label. */
  readonly label: Point;
}

/** Computes a layout from left to right, or from top to bottom on a narrow screen. */
export function graphLayout(shape: GraphShape, direction: "LR" | "TB"): GraphLayout {
  const graph = new dagre.graphlib.Graph({ multigraph: true });
  graph.setGraph({
    rankdir: direction,
    nodesep: direction === "LR" ? 26 : 34,
    ranksep: direction === "LR" ? 46 : 40,
    marginx: 14,
    marginy: 14,
  });
  graph.setDefaultEdgeLabel(() => ({}));
  for (const { routineId } of shape.routines) {
    graph.setNode(routineId, { width: NODE_WIDTH, height: NODE_HEIGHT });
  }
  const known = shape.connections.filter(({ from, to }) =>
    graph.hasNode(from) && graph.hasNode(to)
  );
  const pairs = Map.groupBy(known, ({ from, to }) => JSON.stringify([from, to]));
  for (const [key, [first]] of pairs) {
    if (first === undefined) continue;
    graph.setEdge(first.from, first.to, { width: 56, height: 18, labelpos: "c" }, key);
  }
  dagre.layout(graph);
  const { width = 0, height = 0 } = graph.graph();
  const nodes = new Map(graph.nodes().map((id: string) => [id, pointOf(graph.node(id))]));
  const edges = [...pairs].flatMap(([key, connections]) => {
    const [first] = connections;
    if (first === undefined) return [];
    const edge = graph.edge(first.from, first.to, key);
    const points = (edge.points ?? []).map(pointOf);
    return [{ key, from: first.from, to: first.to, connections, points, label: pointOf(edge) }];
  });
  return { width: Math.max(width, 1), height: Math.max(height, 1), nodes, edges };
}

function pointOf({ x, y }: { x?: number; y?: number }): Point {
  return { x: x ?? 0, y: y ?? 0 };
}
