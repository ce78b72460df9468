import type { JSX } from "preact";
import { useMemo } from "preact/hooks";
import type { HistoryRow, JobDetail } from "../../src/dashboard/api.ts";
import { clock } from "../text/format.ts";
import { oneLine } from "../text/printable.ts";
import { type Column, DataTable } from "../ui/data_table.tsx";
import { ValueView } from "./value_view.tsx";

const COLUMNS: readonly Column<NumberedRow>[] = [
  { title: "Time", cell: ({ timestamp }) => clock(timestamp), isNumber: true },
  { title: "Event", cell: ({ event }) => oneLine(event), isHead: true },
  {
    title: "Routine",
    cell: ({ routineId, slot }) => oneLine(slot ? `${routineId}.${slot}` : routineId),
  },
  { title: "Activation", cell: ({ activationId }) => oneLine(activationId) },
  { title: "Attempt", cell: ({ attempt }) => attempt || "", isNumber: true },
  { title: "Worker", cell: ({ workerId }) => oneLine(workerId ?? "") },
  {
    title: "Data",
    cell: ({ data }) => data && <ValueView value={data} name="Data" isInline />,
    isWide: true,
  },
];

type NumberedRow = HistoryRow & { readonly index: number };

/** Shows the history of a job, newest first. */
export function JobHistory({ detail }: { detail: JobDetail }): JSX.Element {
  const rows = useMemo(
    () => detail.history.map((row, index) => ({ ...row, index })).reverse(),
    [detail],
  );
  return (
    <DataTable
      caption="History, newest first"
      columns={COLUMNS}
      rows={rows}
      keyOf={({ timestamp, index }) => `${timestamp} ${index}`}
      empty="The history is empty."
    />
  );
}
