import type { JSX } from "preact";
import { useMemo } from "preact/hooks";
import { spanText, type TimelineRow } from "../data/span.ts";
import { duration } from "../text/format.ts";
import { oneLine } from "../text/printable.ts";
import { type Column, DataTable } from "./data_table.tsx";

interface TimelineTableProps {
  readonly name: string;
  readonly rows: readonly TimelineRow[];
  /** The time from which starts are counted. */
  readonly origin: number;
}

/** Shows the spans of a timeline as a table. */
export function TimelineTable({ name, rows, origin }: TimelineTableProps): JSX.Element {
  const spans = useMemo(
    () => rows.flatMap(({ key, spans }) => spans.map((span, index) => ({ key, index, span }))),
    [rows],
  );
  const columns: Column<(typeof spans)[number]>[] = [
    { title: "Job", cell: ({ span }) => oneLine(span.jobId), isHead: true },
    { title: "Routine", cell: ({ span }) => oneLine(span.routineId) },
    { title: "Activation", cell: ({ span }) => oneLine(span.activationId) },
    { title: "State", cell: ({ span }) => oneLine(spanText(span)), isWide: true },
    { title: "Start", cell: ({ span }) => duration(span.start - origin), isNumber: true },
    { title: "Duration", cell: ({ span }) => duration(span.end - span.start), isNumber: true },
    {
      title: "Worker",
      cell: ({ span }) => span.kind === "executing" ? oneLine(span.by ?? "") : "",
    },
  ];
  return (
    <DataTable
      caption={`${name} as a table`}
      columns={columns}
      rows={spans}
      keyOf={({ key, index }) => `${key} ${index}`}
      empty="No spans."
    />
  );
}
