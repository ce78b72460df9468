import type { JSX } from "preact";
import type { Edge, Point } from "../data/graph_layout.ts";
import { count } from "../text/format.ts";
import { printable } from "../text/printable.ts";

/** Draws the connections of two routines as one line with the number of payloads that they delivered. */
export function GraphEdge({ edge, delivered }: { edge: Edge; delivered: number }): JSX.Element {
  const { from, to, connections, points, label } = edge;
  const names = connections.map(({ event, slot }) => `${event} → ${slot}`).join(", ");
  const text = count(delivered);
  const width = 12 + text.length * 7;
  return (
    <g class={delivered > 0 ? "edge used" : "edge"}>
      <title>{printable(`${from} → ${to}: ${names}; ${text} delivered`)}</title>
      <path d={pathOf(points)} marker-end="url(#arrow)" />
      <rect x={label.x - width / 2} y={label.y - 9} width={width} height={18} rx={9} />
      <text x={label.x} y={label.y + 4} text-anchor="middle">{text}</text>
    </g>
  );
}

/** Returns a path that passes the points in smooth curves. */
function pathOf(points: readonly Point[]): string {
  const [first, ...rest] = points;
  if (first === undefined) return "";
  let path = `M${round(first.x)},${round(first.y)}`;
  for (const [index, point] of rest.entries()) {
    const next = rest[index + 1];
    if (next === undefined) path += ` L${round(point.x)},${round(point.y)}`;
    else {
      const middle = { x: (point.x + next.x) / 2, y: (point.y + next.y) / 2 };
      path += ` Q${round(point.x)},${round(point.y)} ${round(middle.x)},${round(middle.y)}`;
    }
  }
  return path;
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}
