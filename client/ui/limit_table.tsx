import type { JSX } from "preact";
import type { LimitSnapshot, RoutineWaits } from "../../src/run/run_snapshot.ts";
import { count, plural, timeLeft } from "../text/format.ts";
import { oneLine } from "../text/printable.ts";
import { type Column, DataTable } from "./data_table.tsx";

interface LimitTableProps {
  readonly waits: RoutineWaits;
  /** The time of the numbers. */
  readonly now: number;
}

/** Shows the limits of a routine for which most activations wait: by key, if it has keys. */
export function LimitTable({ waits: { limits, keys }, now }: LimitTableProps): JSX.Element {
  const isKeyed = limits.some(({ key }) => key !== "");
  const hasRate = limits.some(({ starts }) => starts !== undefined);
  const columns: Column<LimitSnapshot>[] = [
    {
      title: isKeyed ? "Key" : "Limit",
      cell: ({ key }) => oneLine(key, 80) || "all",
      isHead: true,
    },
    { title: "Waiting", cell: ({ waiting }) => count(waiting), isNumber: true },
    { title: "Executing", cell: ({ executing }) => count(executing), isNumber: true },
    ...hasRate
      ? [
        {
          title: "Starts in the period",
          cell: ({ starts = 0 }: LimitSnapshot) => count(starts),
          isNumber: true,
        },
        {
          title: "Next start",
          cell: ({ nextAt }: LimitSnapshot) => nextAt === undefined ? "–" : timeLeft(now)(nextAt),
          isNumber: true,
        },
      ]
      : [],
  ];
  return (
    <>
      <DataTable
        caption="Limits"
        columns={columns}
        rows={limits}
        keyOf={({ key }) => key}
      />
      {keys > limits.length && (
        <p class="muted">and {plural(keys - limits.length, "other key")}, for which fewer wait</p>
      )}
    </>
  );
}
