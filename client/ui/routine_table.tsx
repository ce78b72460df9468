import type { ComponentChildren, JSX } from "preact";
import type { RoutineSnapshot } from "../../src/run/run_snapshot.ts";
import { limitsText } from "../../src/run/wait_text.ts";
import { count, duration, timeLeft } from "../text/format.ts";
import { oneLine } from "../text/printable.ts";
import { type Column, DataTable } from "./data_table.tsx";

interface RoutineTableProps {
  readonly routines: readonly RoutineSnapshot[];
  /** The time of the numbers. */
  readonly now: number;
  readonly selected?: string | undefined;
  /** Returns a control for a routine, such as its breakpoint. */
  readonly control?: ((routineId: string) => ComponentChildren) | undefined;
}

/** Shows the numbers of each routine: the graph as a table. */
export function RoutineTable({ routines, now, selected, control }: RoutineTableProps): JSX.Element {
  const columns: Column<RoutineSnapshot>[] = [
    { title: "Routine", cell: ({ routineId }) => oneLine(routineId), isHead: true },
    ...control === undefined ? [] : [{
      title: "Breakpoint",
      cell: ({ routineId }: RoutineSnapshot) => control(routineId),
    }],
    number("Queued", ({ queued, held }) => queued + held),
    number("Executing", ({ executing }) => executing),
    number("Waiting", ({ waiting }) => waiting),
    number("Completed", ({ completed }) => completed),
    number("Failed", ({ failed }) => failed),
    number("Retried", ({ retried }) => retried),
    time("p50", ({ p50 }) => p50),
    time("p95", ({ p95 }) => p95),
    time("Max", ({ max }) => max),
    time("Busy", ({ busy }) => busy),
    time("ETA", ({ eta }) => eta),
    ...routines.some(({ waits }) => waits !== undefined)
      ? [{
        title: "Waits for limits",
        cell: ({ waits }: RoutineSnapshot) =>
          waits && oneLine(limitsText(waits, timeLeft(now), 1), 120),
        isWide: true,
      }]
      : [],
  ];
  return (
    <DataTable
      caption="Routines"
      columns={columns}
      rows={routines}
      keyOf={({ routineId }) => routineId}
      empty="The flow has no routines."
      selected={selected}
    />
  );
}

function number(title: string, value: (row: RoutineSnapshot) => number): Column<RoutineSnapshot> {
  const cell = (row: RoutineSnapshot) => {
    const shown = value(row);
    const tone = title === "Failed" ? "text-fail" : title === "Retried" ? "text-warn" : undefined;
    return <span class={shown === 0 ? "zero" : tone}>{count(shown)}</span>;
  };
  return { title, cell, isNumber: true };
}

function time(
  title: string,
  value: (row: RoutineSnapshot) => number | undefined,
): Column<RoutineSnapshot> {
  return { title, cell: (row) => duration(value(row)), isNumber: true };
}
