import type { ComponentChildren, JSX } from "preact";
import type { SlowExecution } from "../../src/report/run_report.ts";
import { duration } from "../text/format.ts";
import { oneLine } from "../text/printable.ts";
import { type Column, DataTable } from "../ui/data_table.tsx";

interface SlowestTableProps {
  readonly slowest: readonly SlowExecution[];
  /** The time from which starts are counted. */
  readonly origin: number;
  readonly job: (jobId: string) => ComponentChildren;
}

/** Lists the longest executions of a run. */
export function SlowestTable({ slowest, origin, job }: SlowestTableProps): JSX.Element {
  const columns: Column<SlowExecution>[] = [
    { title: "Routine", cell: ({ routineId }) => oneLine(routineId), isHead: true },
    { title: "Duration", cell: (slow) => duration(slow.duration), isNumber: true },
    { title: "Job", cell: ({ jobId }) => job(jobId) },
    { title: "Activation", cell: ({ activationId }) => oneLine(activationId) },
    { title: "Attempt", cell: ({ attempt }) => attempt, isNumber: true },
    { title: "Worker", cell: ({ workerId }) => oneLine(workerId) },
    { title: "Start", cell: ({ startedAt }) => duration(startedAt - origin), isNumber: true },
  ];
  return (
    <DataTable
      caption="Slowest activations"
      columns={columns}
      rows={slowest}
      keyOf={({ jobId, activationId, attempt }) => JSON.stringify([jobId, activationId, attempt])}
      empty="Nothing was executed."
      pageSize={20}
    />
  );
}
