import type { ComponentChildren, JSX } from "preact";
import type { RoutineShape } from "../../src/run/graph_shape.ts";
import type { RoutineSnapshot } from "../../src/run/run_snapshot.ts";
import { LimitTable } from "../ui/limit_table.tsx";
import { count, duration } from "../text/format.ts";
import { oneLine } from "../text/printable.ts";

interface RoutinePanelProps {
  readonly routineId: string;
  readonly shape: RoutineShape | undefined;
  readonly numbers: RoutineSnapshot | undefined;
  /** The time of the numbers. */
  readonly now: number;
  /** The control of its breakpoint. */
  readonly control: ComponentChildren;
  readonly onClose: () => void;
}

/** Shows the routine that is selected in the graph. */
export function RoutinePanel(props: RoutinePanelProps): JSX.Element {
  const { routineId, shape, numbers, now, control, onClose } = props;
  const { waits } = numbers ?? {};
  const facts: [string, ComponentChildren][] = [
    ["Slots", names(shape?.slots)],
    ["Events", names(shape?.events)],
    ["Queued, executing", `${count(numbers?.queued ?? 0)}, ${count(numbers?.executing ?? 0)}`],
    ["Completed, failed", `${count(numbers?.completed ?? 0)}, ${count(numbers?.failed ?? 0)}`],
    ["Retried", count(numbers?.retried ?? 0)],
    ...(waits === undefined ? [] : [
      ["Waiting for limits, delayed", `${count(waits.limited)}, ${count(waits.delayed)}`],
    ] as [string, string][]),
    ["p50, p95, max", [numbers?.p50, numbers?.p95, numbers?.max].map(duration).join(", ")],
  ];
  return (
    <section class="routine-panel" aria-label={`Routine ${oneLine(routineId, 80)}`}>
      <div class="panel-head">
        <h3>{oneLine(routineId, 120)}</h3>
        {control !== undefined && control !== null && <span class="muted">Breakpoint</span>}
        {control}
        <button type="button" class="small quiet" onClick={onClose}>Close</button>
      </div>
      <dl class="facts">
        {facts.map(([title, value]) => (
          <div key={title}>
            <dt>{title}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
      {waits !== undefined && waits.limits.length > 0 && <LimitTable waits={waits} now={now} />}
    </section>
  );
}

function names(list: readonly string[] = []): string {
  return list.length === 0 ? "none" : list.map((name) => oneLine(name, 60)).join(", ");
}
