import type { JSX } from "preact";
import type { QueueTimes } from "../../src/report/run_report.ts";
import { count, duration } from "../text/format.ts";
import { oneLine } from "../text/printable.ts";
import { type Column, DataTable } from "../ui/data_table.tsx";

const COLUMNS: readonly Column<QueueTimes>[] = [
  { title: "Routine", cell: ({ routineId }) => oneLine(routineId), isHead: true },
  { title: "Attempts", cell: ({ attempts }) => count(attempts), isNumber: true },
  { title: "p50", cell: ({ p50 }) => duration(p50), isNumber: true },
  { title: "p95", cell: ({ p95 }) => duration(p95), isNumber: true },
  { title: "Max", cell: ({ max }) => duration(max), isNumber: true },
  { title: "In all", cell: ({ total }) => duration(total), isNumber: true },
];

/** Shows how long the attempts of each routine have waited, from the moment at which they could begin. */
export function QueueTable(
  { queueTimes }: { queueTimes: readonly QueueTimes[] },
): JSX.Element {
  return (
    <>
      <p class="muted">
        From the moment at which an attempt could begin: for workers, for limits of the routine, and
        for other jobs.
      </p>
      <DataTable
        caption="Queue times"
        columns={COLUMNS}
        rows={queueTimes}
        keyOf={({ routineId }) => routineId}
        empty="Nothing was executed."
      />
    </>
  );
}
