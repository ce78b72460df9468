import type { ComponentChildren, JSX } from "preact";
import type { ExecutingSnapshot, WorkerSnapshot } from "../../src/run/run_snapshot.ts";
import { count, duration } from "../text/format.ts";
import { oneLine } from "../text/printable.ts";
import { Badge } from "./badge.tsx";
import { type Column, DataTable } from "./data_table.tsx";

interface WorkerTableProps {
  readonly workers: readonly WorkerSnapshot[];
  /** The time of the numbers. */
  readonly at: number;
  /** Returns the id of a job, with a link to it if it has a page. */
  readonly job: (jobId: string) => ComponentChildren;
}

/** The number of activations of one worker that are listed. */
const LISTED = 4;

/** Shows the work of each worker. */
export function WorkerTable({ workers, at, job }: WorkerTableProps): JSX.Element {
  const columns: Column<WorkerSnapshot>[] = [
    { title: "Worker", cell: ({ workerId }) => oneLine(workerId), isHead: true },
    { title: "State", cell: (worker) => <Badge status={stateOf(worker)} /> },
    {
      title: "Executes",
      cell: ({ executing }) => <Executing executing={executing} at={at} job={job} />,
      isWide: true,
    },
    { title: "Executions", cell: ({ ended }) => count(ended), isNumber: true },
    { title: "Busy", cell: ({ busy }) => duration(busy), isNumber: true },
    {
      title: "Mean",
      cell: ({ busy, ended }) => duration(ended === 0 ? undefined : busy / ended),
      isNumber: true,
    },
  ];
  return (
    <DataTable
      caption="Workers"
      columns={columns}
      rows={workers}
      keyOf={({ workerId }) => workerId}
      empty="No worker has executed anything yet."
    />
  );
}

function stateOf({ isLost, executing }: WorkerSnapshot): string {
  return isLost ? "lost" : executing.length > 0 ? "executing" : "idle";
}

function Executing(
  { executing, at, job }: Omit<WorkerTableProps, "workers"> & {
    executing: readonly ExecutingSnapshot[];
  },
): JSX.Element {
  return (
    <ul class="plain">
      {executing.slice(0, LISTED).map(({ jobId, activationId, routineId, attempt, since }) => (
        <li key={`${jobId} ${activationId}`}>
          {oneLine(routineId)} <span class="muted">of</span> {job(jobId)}
          {attempt > 1 && <span class="text-warn">, attempt {attempt}</span>}
          <span class="muted">, {duration(at - since)}</span>
        </li>
      ))}
      {executing.length > LISTED && (
        <li class="muted">and {count(executing.length - LISTED)} more</li>
      )}
    </ul>
  );
}
