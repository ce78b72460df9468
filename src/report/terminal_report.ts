// The report of a run as lines for a terminal, section by section. The parts of a run that are of no interest, such as
// failures that did not happen, are left out.

import { checkFlag } from "../data/option.ts";
import { checkOptions, type OptionChecks } from "../data/options.ts";
import { InvalidOptionError } from "../errors/call_errors.ts";
import { clip, excerpt } from "../terminal/clip.ts";
import { Palette } from "../terminal/palette.ts";
import { plural } from "../terminal/plural.ts";
import { table } from "../terminal/table.ts";
import { chooseJobs } from "./choose_jobs.ts";
import { exact } from "./exact.ts";
import { failureView } from "./failure_view.ts";
import { graphView, type GraphViewOptions } from "./graph_view.ts";
import { jobList } from "./job_list.ts";
import { pathView } from "./path_view.ts";
import { limitView, queueView } from "./queue_view.ts";
import type { ReportedJob, RunReport } from "./run_report.ts";
import { MARGIN, section } from "./section.ts";
import { slowestView } from "./slowest_view.ts";
import { summaryView } from "./summary_view.ts";
import { timelineView } from "./timeline_view.ts";
import { COLUMNS, type ViewOptions } from "./view_options.ts";
import { workerView } from "./worker_view.ts";

/** The maximum number of jobs in the list and in the timeline, and of critical paths. */
const MAX_JOBS = 40, MAX_PATHS = 3;

/** The minimum number of columns for showing numbers beside the graph in columns, with durations. */
const MIN_ALIGNED = 120;

/** The minimum number of columns. */
const MIN_COLUMNS = 20;

const CHECKS: OptionChecks<ViewOptions> = {
  columns(option, value) {
    if (typeof value === "number" && value >= MIN_COLUMNS) return value;
    throw new InvalidOptionError(option, value, `a number of at least ${MIN_COLUMNS}`);
  },
  color: checkFlag,
};

/**
 * Returns a report as lines for a terminal: a summary, the graph with counts, the jobs, the timeline, the workers,
 * critical paths, the slowest executions, the times in the queue and the failures. No line is longer than `columns`, and all text is escaped.
 *
 * @example A report at the end of a program
 * ```ts
 * import { Flow } from "@millrace/flow";
 * import { reportOf, terminalReport } from "@millrace/flow/report";
 * import { fibonacci } from "../../examples/fibonacci.ts";
 *
 * await using flow = new Flow({ maxWorkers: 1 }).add("fibonacci", fibonacci);
 * await flow.execute("fibonacci.n", 20);
 * const lines = terminalReport(reportOf(flow), { columns: 80 });
 * console.log(lines.some((line) => line.startsWith("Summary ───"))); // true
 * ```
 *
 * @param report The report.
 * @throws {InvalidOptionError} If an option has an invalid value, or is unknown.
 */
export function terminalReport(report: RunReport, options?: ViewOptions): string[] {
  const { columns = COLUMNS, color = false } = checkOptions("terminalReport", options, CHECKS);
  const outer = { columns, color };
  const inner = { columns: columns - MARGIN, color };
  const { bold, dim } = new Palette(color);
  const { jobs, snapshot, flowId } = report;
  const isBegun = jobs.some(({ trace }) =>
    trace.activations.some(({ attempts }) => attempts.length > 0)
  );
  const shown = fewer(jobs, MAX_JOBS);
  const more = report.omittedJobs + jobs.length - shown.length;
  const rest = more === 0 ? [] : [dim(`and ${plural(more, "more job")}`)];
  const longest = jobs.toSorted((a, b) => lengthOf(b) - lengthOf(a)).slice(0, MAX_PATHS);
  const sections: [title: string, lines: readonly string[]][] = [
    ["Summary", summaryView(report, inner)],
    ["Graph", graphView(report.graph, { ...inner, ...countsOf(report, columns) })],
    ["Jobs", [...jobList(shown, inner, report.at), ...rest]],
    ["Waits for limits", limitView(report, inner)],
    ["Timeline", isBegun ? timelineView({ ...report, jobs: shown }, inner) : []],
    ["Workers", isBegun ? workerView(report, inner) : []],
    [
      longest.length === 1 ? "Critical path" : "Critical paths of the longest jobs",
      longest.flatMap((job, i) => [...i === 0 ? [] : [""], ...pathView(job, inner)]),
    ],
    ["Slowest executions", report.slowest.length > 0 ? slowestView(report, inner) : []],
    ["Queue times", report.queueTimes.length > 0 ? queueView(report, inner) : []],
    ...snapshot.failures.length === 0
      ? []
      : [["Failures", failureView(report, inner)] satisfies [string, string[]]],
  ];
  const title = `${bold(excerpt(flowId, columns / 2))}  ${
    dim(new Date(report.at).toISOString().slice(0, "2026-01-01T00:00:00".length).replace("T", " "))
  }`;
  return [
    clip(title, columns),
    ...sections.filter(([, lines]) => lines.length > 0)
      .flatMap(([title, lines]) => ["", ...section(title, lines, outer)]),
  ].map((line) => line.trimEnd());
}

/** Returns some of the jobs, in their order. */
function fewer(jobs: readonly ReportedJob[], most: number): readonly ReportedJob[] {
  const chosen = new Set(chooseJobs(
    jobs.map((job) => ({
      jobId: job.row.jobId,
      isFailed: job.row.status === "failed",
      duration: lengthOf(job),
    })),
    most,
  ));
  return jobs.filter(({ row }) => chosen.has(row.jobId));
}

function lengthOf({ trace: { createdAt, lastAt, endedAt = lastAt } }: ReportedJob): number {
  return endedAt - createdAt;
}

/** Returns the notes with which the graph shows the counts of a run. */
function countsOf({ graph, snapshot }: RunReport, columns: number): GraphViewOptions {
  const routines = new Map(snapshot.routines.map((each) => [each.routineId, each]));
  const delivered = new Map(snapshot.connections.map((each) => [keyOf(each), each.delivered]));
  const ids = graph.routines.map(({ routineId }) => routineId);
  const cells = ids.map((routineId) => {
    const counts = routines.get(routineId);
    if (counts === undefined) return [];
    const { completed, failed, skipped, retried, queued, held, executing, p50 } = counts;
    return [
      `${completed} done`,
      counted(failed, "failed"),
      counted(skipped, "skipped"),
      counted(retried, "retried"),
      counted(queued + held + executing, "open"),
      p50 === undefined || columns < MIN_ALIGNED ? "" : exact(p50),
    ];
  });
  const used = [0, 1, 2, 3, 4, 5].filter((i) => cells.some((row) => (row[i] ?? "") !== ""));
  const lines = columns < MIN_ALIGNED
    ? cells.map((row) => row.filter((cell) => cell !== "").join(", "))
    : table(cells.map((row) => used.map((i) => row[i] ?? "")), [...used.keys()]);
  // The graph aligns notes to the right.
  const widest = Math.max(0, ...lines.map(({ length }) => length));
  const notes = new Map(ids.map((routineId, i) => [routineId, (lines[i] ?? "").padEnd(widest)]));
  return {
    noteOf: (routineId) => notes.get(routineId) ?? "",
    countOf: (connection) => `${delivered.get(keyOf(connection)) ?? 0}×`,
  };
}

function counted(count: number, name: string): string {
  return count === 0 ? "" : `${count} ${name}`;
}

function keyOf(
  { from, event, to, slot }: { from: string; event: string; to: string; slot: string },
): string {
  return JSON.stringify([from, event, to, slot]);
}
