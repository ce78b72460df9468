import type { JSX } from "preact";
import type { JobRow } from "../../src/run/run_snapshot.ts";
import { jobHref } from "../data/route.ts";
import { waitsText } from "../../src/run/wait_text.ts";
import { clock, count, duration, timeLeft } from "../text/format.ts";
import { oneLine } from "../text/printable.ts";
import { Badge } from "../ui/badge.tsx";
import { type Column, DataTable } from "../ui/data_table.tsx";

interface JobTableProps {
  readonly caption: string;
  readonly flowId: string;
  readonly rows: readonly JobRow[];
  /** The time up to which running jobs have run. */
  readonly now: number;
  /** Set to leave out the columns that do not fit half of the page. */
  readonly isShort?: boolean;
  readonly empty: string;
}

/** Lists jobs. */
export function JobTable(props: JobTableProps): JSX.Element {
  const { caption, flowId, rows, now, isShort = false, empty } = props;
  const job: Column<JobRow> = {
    title: "Job",
    cell: ({ jobId }) => <a href={jobHref(flowId, jobId)}>{oneLine(jobId, 60)}</a>,
    isHead: true,
  };
  const length: Column<JobRow> = {
    title: "Duration",
    cell: ({ createdAt, endedAt }) => duration(Math.max(0, (endedAt ?? now) - createdAt)),
    isNumber: true,
  };
  const state: Column<JobRow> = {
    title: "Progress or error",
    cell: (row) => <JobNews row={row} now={now} />,
    isWide: true,
  };
  const columns: Column<JobRow>[] = isShort ? [job, length, state] : [
    job,
    { title: "Status", cell: ({ status }) => <Badge status={status} /> },
    { title: "Created", cell: ({ createdAt }) => clock(createdAt), isNumber: true },
    length,
    { title: "Queued", cell: ({ queued, held }) => count(queued + held), isNumber: true },
    { title: "Executing", cell: ({ executing }) => count(executing), isNumber: true },
    { title: "Completed", cell: ({ completed }) => count(completed), isNumber: true },
    { title: "Retried", cell: ({ retried }) => count(retried), isNumber: true },
    state,
  ];
  return (
    <DataTable
      caption={caption}
      columns={columns}
      rows={rows}
      keyOf={({ jobId }) => jobId}
      empty={empty}
      pageSize={Math.max(1, rows.length)}
    />
  );
}

/** The most important news of a job: its error, its progress, the routines that execute, or what it waits for. */
function JobNews({ row, now }: { row: JobRow; now: number }): JSX.Element {
  const { error, progress, executingRoutines, waiting, waits = [] } = row;
  if (error !== undefined) {
    return <span class="text-fail">{oneLine(`${error.name}: ${error.message}`, 140)}</span>;
  }
  if (progress !== undefined) {
    return (
      <>
        {progress.fraction !== undefined && (
          <progress
            max={1}
            value={progress.fraction}
            aria-label={`Progress of ${oneLine(progress.routineId, 60)}`}
          />
        )} {oneLine(progress.routineId, 60)}{" "}
        <span class="muted">{oneLine(progress.text, 100)}</span>
      </>
    );
  }
  const waited = waitsText(waits, timeLeft(now));
  if (waited !== "") return <span class="muted">{oneLine(waited, 140)}</span>;
  if (waiting > 0) return <span class="muted">waits for a signal</span>;
  return <span class="muted">{oneLine(executingRoutines.join(", "), 140)}</span>;
}
