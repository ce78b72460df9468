// The graph of a flow with the counts of its routines and connections, as SVG. The tables below it contain the same
// numbers, so the drawing is only described to screen readers, and its routines are buttons.

import type { JSX } from "preact";
import { useEffect, useMemo, useRef, useState } from "preact/hooks";
import type { GraphShape } from "../../src/run/graph_shape.ts";
import type {
  ConnectionSnapshot,
  RoutineSnapshot,
  RunSnapshot,
} from "../../src/run/run_snapshot.ts";
import { graphLayout } from "../data/graph_layout.ts";
import { plural } from "../text/format.ts";
import { GraphEdge } from "./graph_edge.tsx";
import { GraphNode } from "./graph_node.tsx";

interface FlowGraphProps {
  readonly graph: GraphShape;
  readonly snapshot: RunSnapshot;
  readonly selected: string | undefined;
  readonly onSelect: (routineId: string | undefined) => void;
  /** The routines with a breakpoint. */
  readonly breakpoints?: readonly string[];
  /** The number of stopped jobs of each routine. */
  readonly stopped?: ReadonlyMap<string, number>;
  /** Set for a run that has ended. */
  readonly isOver?: boolean;
}

/** The width of a screen on which the graph is drawn from top to bottom. */
const NARROW = 640;

/** Draws a flow. A press on a routine selects it. */
export function FlowGraph(props: FlowGraphProps): JSX.Element {
  const { graph, snapshot, selected, onSelect, breakpoints = [], stopped, isOver = false } = props;
  const box = useRef<HTMLDivElement>(null);
  const width = useWidth(box);
  const [zoom, setZoom] = useState(1);
  const direction = width < NARROW ? "TB" : "LR";
  const layout = useMemo(() => graphLayout(graph, direction), [graphKey(graph), direction]);
  const numbers = useMemo(() => numbersOf(snapshot), [snapshot]);
  // A graph that is a little too wide shrinks; a much wider one can be scrolled.
  const fit = Math.min(1, Math.max(0.62, (width - 2) / layout.width));
  const scale = fit * zoom;
  return (
    <div class="graph">
      <div class="graph-tools" role="group" aria-label="Size of the graph">
        <button type="button" class="small" onClick={() => setZoom(Math.max(0.4, zoom / 1.25))}>
          <span aria-hidden="true">−</span>
          <span class="sr-only">Smaller</span>
        </button>
        <button type="button" class="small" onClick={() => setZoom(1)}>Fit</button>
        <button type="button" class="small" onClick={() => setZoom(Math.min(3, zoom * 1.25))}>
          <span aria-hidden="true">+</span>
          <span class="sr-only">Larger</span>
        </button>
      </div>
      <div class="graph-scroll" ref={box} tabIndex={0} role="region" aria-label="Graph">
        <svg
          class="graph-svg"
          role="group"
          aria-label={`Graph of ${plural(graph.routines.length, "routine")} and ${
            plural(graph.connections.length, "connection")
          }`}
          viewBox={`0 0 ${layout.width} ${layout.height}`}
          width={Math.round(layout.width * scale)}
          height={Math.round(layout.height * scale)}
        >
          <defs>
            <marker
              id="arrow"
              viewBox="0 0 8 8"
              refX="7"
              refY="4"
              markerWidth="8"
              markerHeight="8"
              orient="auto"
            >
              <path class="graph-arrow" d="M0,0.5 L7.5,4 L0,7.5 z" />
            </marker>
          </defs>
          {layout.edges.map((edge) => (
            <GraphEdge
              key={edge.key}
              edge={edge}
              delivered={edge.connections.reduce(
                (sum, { from, event, to, slot }) =>
                  sum + (numbers.delivered.get(connectionKey(from, event, to, slot)) ?? 0),
                0,
              )}
            />
          ))}
          {graph.routines.map(({ routineId }) => (
            <GraphNode
              key={routineId}
              routineId={routineId}
              at={layout.nodes.get(routineId) ?? { x: 0, y: 0 }}
              numbers={numbers.routines.get(routineId)}
              isSelected={routineId === selected}
              hasBreakpoint={breakpoints.includes(routineId)}
              stopped={stopped?.get(routineId) ?? 0}
              isOver={isOver}
              onSelect={() => onSelect(routineId === selected ? undefined : routineId)}
            />
          ))}
        </svg>
      </div>
    </div>
  );
}

interface Numbers {
  readonly routines: ReadonlyMap<string, RoutineSnapshot>;
  readonly delivered: ReadonlyMap<string, number>;
}

function numbersOf({ routines, connections }: RunSnapshot): Numbers {
  const key = ({ from, event, to, slot }: ConnectionSnapshot) =>
    connectionKey(from, event, to, slot);
  return {
    routines: new Map(routines.map((routine) => [routine.routineId, routine])),
    delivered: new Map(connections.map((connection) => [key(connection), connection.delivered])),
  };
}

function connectionKey(...parts: readonly string[]): string {
  return JSON.stringify(parts);
}

/** The graph is parsed again with each answer of the server, and laid out again only if it differs. */
function graphKey({ routines, connections }: GraphShape): string {
  return JSON.stringify([routines.map(({ routineId }) => routineId), connections]);
}

function useWidth(box: { readonly current: HTMLElement | null }): number {
  const [width, setWidth] = useState(() => document.documentElement.clientWidth);
  useEffect(() => {
    if (box.current === null) return;
    const observer = new ResizeObserver(([entry]) => {
      if (entry !== undefined) setWidth(entry.contentRect.width);
    });
    observer.observe(box.current);
    return () => observer.disconnect();
  }, []);
  return width;
}
