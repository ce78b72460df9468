import type { JSX } from "preact";
import { useMemo } from "preact/hooks";
import type { JobDetail, LogRow } from "../../src/dashboard/api.ts";
import { clock } from "../text/format.ts";
import { oneLine } from "../text/printable.ts";
import { type Column, DataTable } from "../ui/data_table.tsx";
import { ValueView } from "./value_view.tsx";

const COLUMNS: readonly Column<NumberedRow>[] = [
  { title: "Time", cell: ({ timestamp }) => clock(timestamp), isNumber: true },
  { title: "Routine", cell: ({ routineId }) => oneLine(routineId), isHead: true },
  {
    title: "Entry",
    cell: ({ value }) => <ValueView value={value} name="Entry" isInline />,
    isWide: true,
  },
];

type NumberedRow = LogRow & { readonly index: number };

/** Shows the shared log of a job, newest first. */
export function JobLog({ detail }: { detail: JobDetail }): JSX.Element {
  const rows = useMemo(
    () => detail.log.map((row, index) => ({ ...row, index })).reverse(),
    [detail],
  );
  return (
    <DataTable
      caption="Shared log, newest first"
      columns={COLUMNS}
      rows={rows}
      keyOf={({ timestamp, index }) => `${timestamp} ${index}`}
      empty="The log is empty."
    />
  );
}
