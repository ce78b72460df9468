import type { JSX } from "preact";
import type { RoutineSnapshot } from "../../src/run/run_snapshot.ts";
import { NODE_HEIGHT, NODE_WIDTH, type Point } from "../data/graph_layout.ts";
import { count, duration } from "../text/format.ts";
import { oneLine } from "../text/printable.ts";

interface GraphNodeProps {
  readonly routineId: string;
  readonly at: Point;
  readonly numbers: RoutineSnapshot | undefined;
  readonly isSelected: boolean;
  readonly hasBreakpoint: boolean;
  readonly stopped: number;
  /** Set for a run that has ended: the durations are shown in place of the activations that are under way. */
  readonly isOver: boolean;
  readonly onSelect: () => void;
}

/** Draws a routine with its counts. It is a button that selects it. */
export function GraphNode(props: GraphNodeProps): JSX.Element {
  const { routineId, at, numbers, isSelected, hasBreakpoint, stopped, isOver, onSelect } = props;
  const x = at.x - NODE_WIDTH / 2;
  const y = at.y - NODE_HEIGHT / 2;
  const { queued = 0, held = 0, executing = 0, waiting = 0, completed = 0, failed = 0 } = numbers ??
    {};
  const name = oneLine(routineId, 200);
  const title = clipped(name, hasBreakpoint ? 21 : 24);
  const live = isOver
    ? `p50 ${duration(numbers?.p50)} · p95 ${duration(numbers?.p95)}`
    : `${count(executing)} executing · ${count(queued + held)} queued` +
      (waiting > 0 ? ` · ${count(waiting)} waiting` : "");
  const limited = isOver ? 0 : numbers?.waits?.limited ?? 0;
  const ended = `${count(completed)} done` + (failed > 0 ? ` · ${count(failed)} failed` : "");
  const state = stopped > 0
    ? " stopped"
    : executing > 0
    ? " executing"
    : failed > 0
    ? " failed"
    : "";
  const onKey = (event: KeyboardEvent) => {
    if (event.key !== "Enter" && event.key !== " ") return;
    event.preventDefault();
    onSelect();
  };
  // The label begins with the text that is seen, for those who speak to their computer.
  const label = `${name} ${live} ${ended}` +
    (stopped > 0 ? ` ${count(stopped)} stopped` : "") +
    (limited > 0 ? ` ${count(limited)} limited` : "") +
    (hasBreakpoint ? " breakpoint" : "");
  return (
    <g
      class={`node${state}${isSelected ? " selected" : ""}`}
      role="button"
      tabindex={0}
      aria-pressed={isSelected}
      aria-label={label}
      onClick={onSelect}
      onKeyDown={onKey}
    >
      <rect class="node-box" x={x} y={y} width={NODE_WIDTH} height={NODE_HEIGHT} rx={6} />
      <rect class="node-mark" x={x} y={y + 8} width={3} height={NODE_HEIGHT - 16} />
      <text class="node-name" x={x + 14} y={y + 21}>
        {title !== name && <title>{name}</title>}
        {title}
      </text>{" "}
      <text class="node-live" x={x + 14} y={y + 39}>{live}</text>{" "}
      <text class={failed > 0 ? "node-ended has-failed" : "node-ended"} x={x + 14} y={y + 55}>
        {ended}
      </text>{" "}
      {hasBreakpoint && (
        <rect class="node-break" x={x + NODE_WIDTH - 22} y={y + 10} width={12} height={12} rx={2} />
      )}
      {stopped > 0 && (
        <text class="node-stopped" x={x + NODE_WIDTH - 10} y={y + 55} text-anchor="end">
          {count(stopped)} stopped
        </text>
      )}
      {stopped === 0 && limited > 0 && (
        <text class="node-limited" x={x + NODE_WIDTH - 10} y={y + 55} text-anchor="end">
          {count(limited)} limited
        </text>
      )}
    </g>
  );
}

function clipped(text: string, length: number): string {
  return text.length > length ? `${text.slice(0, length - 1)}…` : text;
}
