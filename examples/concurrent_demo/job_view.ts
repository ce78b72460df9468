import { bold, dim, red } from "@std/fmt/colors";
import type { JobState } from "@millrace/flow";
import { historyView } from "./history_view.ts";
import { status } from "./palette.ts";
import { printable } from "./printable.ts";
import { stamped, stampedView, stampOf } from "./stamped_view.ts";
import { brief, clip, indent, milliseconds, plural, since, table } from "./text.ts";

/** The properties of an ended job that are shown. */
export type Told = Pick<
  JobState,
  | "jobId"
  | "status"
  | "error"
  | "createdAt"
  | "endedAt"
  | "executionHistory"
  | "sharedData"
  | "sharedLog"
  | "routineStates"
  | "skipped"
>;

/** The key of the shared data under which the last stage stores its report. */
const REPORT = "report";

/**
 * Shows all details of a job: its history, its shared data and log, the states of its routines and
 * its final report. Times are milliseconds from the start of the run.
 */
export function jobView(job: Told, start: number, columns: number): string[] {
  const { executionHistory, sharedData, sharedLog, routineStates, error, skipped } = job;
  const room = columns - 4;
  const log = sharedLog.map(({ routineId, timestamp, data }) => ({
    name: routineId,
    timestamp,
    value: data,
  }));
  const records = plural(executionHistory.length, "record");
  const entries = plural(sharedLog.length, "entry", "entries");
  const parts = [
    part(`execution history, ${records}`, historyView(executionHistory, start)),
    part("shared data", stampedView(stamped(sharedData), start, room)),
    part(`shared log, ${entries}`, stampedView(log, start, room)),
    part("routine states", stampedView(stamped(routineStates), start, room)),
    part("final report", reportLines(sharedData[REPORT])),
  ];
  return [
    title(job, start),
    ...error === undefined ? [] : [red(`  ${printable(`${error.name}: ${error.message}`)}`)],
    ...skipped.length === 0
      ? []
      : [status("skipped", `  skipped: ${printable(skipped.join(", "))}`)],
    ...indent(parts.flat()),
  ].map((line) => clip(line, columns));
}

function title({ jobId, status: state, createdAt, endedAt }: Told, start: number): string {
  if (endedAt === undefined) {
    return `${bold(printable(jobId))}  ${status(state)}  ${
      dim(`since ${since(start, createdAt)}`)
    }`;
  }
  const took = milliseconds(endedAt - createdAt);
  const from = dim(`from ${since(start, createdAt)} to ${since(start, endedAt)}`);
  return `${bold(printable(jobId))}  ${status(state)} after ${took}  ${from}`;
}

function part(title: string, lines: readonly string[]): string[] {
  return [bold(title), ...indent(lines.length > 0 ? lines : [dim("none")])];
}

function reportLines(report: unknown): string[] {
  if (report === undefined) return [];
  const { value } = stampOf(report);
  if (typeof value !== "object" || value === null) return [brief(value)];
  return table(Object.entries(value).map(([name, field]) => [dim(printable(name)), brief(field)]));
}
