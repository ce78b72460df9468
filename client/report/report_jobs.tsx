import type { JSX } from "preact";
import { useMemo, useState } from "preact/hooks";
import type { ReportedJob } from "../../src/report/run_report.ts";
import { waitsText } from "../../src/run/wait_text.ts";
import { clock, count, duration, timeLeft } from "../text/format.ts";
import { oneLine } from "../text/printable.ts";
import { Badge } from "../ui/badge.tsx";
import { type Column, DataTable } from "../ui/data_table.tsx";

interface ReportJobsProps {
  readonly jobs: readonly ReportedJob[];
  /** The time of the report. */
  readonly at: number;
  readonly selected: string | undefined;
  readonly onOpen: (jobId: string) => void;
}

/** Lists the jobs of a report, with a search. */
export function ReportJobs({ jobs, at, selected, onOpen }: ReportJobsProps): JSX.Element {
  const [text, setText] = useState("");
  const found = useMemo(() => matching(jobs, text), [jobs, text]);
  const columns: Column<ReportedJob>[] = [
    {
      title: "Job",
      cell: ({ row }) => (
        <button type="button" class="link" onClick={() => onOpen(row.jobId)}>
          {oneLine(row.jobId, 80)}
        </button>
      ),
      isHead: true,
    },
    { title: "Status", cell: ({ row }) => <Badge status={row.status} /> },
    { title: "Created", cell: ({ row }) => clock(row.createdAt), isNumber: true },
    {
      title: "Duration",
      cell: ({ row, trace }) => duration((row.endedAt ?? trace.lastAt) - row.createdAt),
      isNumber: true,
    },
    {
      title: "Activations",
      cell: ({ trace, omittedActivations }) => count(trace.activations.length + omittedActivations),
      isNumber: true,
    },
    { title: "Retries", cell: ({ row }) => count(row.retried), isNumber: true },
    {
      title: jobs.some(({ row }) => row.waits !== undefined) ? "Error or wait" : "Error",
      cell: ({ row: { error, waits = [] } }) =>
        error === undefined
          ? oneLine(waitsText(waits, timeLeft(at)), 120)
          : oneLine(`${error.name}: ${error.message}`, 120),
      isWide: true,
    },
  ];
  return (
    <>
      <label class="search">
        <span>Search</span>
        <input
          type="search"
          value={text}
          placeholder="Id, status or error"
          onInput={(event) => setText(event.currentTarget.value)}
        />
      </label>
      <DataTable
        key={text}
        caption="Jobs"
        columns={columns}
        rows={found}
        keyOf={({ row }) => row.jobId}
        empty={text === "" ? "The run has no jobs." : "No job matches."}
        pageSize={15}
        selected={selected}
      />
    </>
  );
}

function matching(jobs: readonly ReportedJob[], text: string): readonly ReportedJob[] {
  const wanted = text.trim().toLowerCase();
  if (wanted === "") return jobs;
  return jobs.filter(({ row: { jobId, status, error } }) =>
    [jobId, status, error?.name ?? "", error?.message ?? ""].some((part) =>
      part.toLowerCase().includes(wanted)
    )
  );
}
