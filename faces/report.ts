/**
 * Reports of the jobs of a flow, or of a journal, after a run or during it: lines for a terminal, and one
 * self-contained HTML file.
 *
 * @example A report in the terminal, and one as a file
 * ```ts
 * import { Flow } from "@millrace/flow";
 * import { htmlReport, reportOf, terminalReport } from "@millrace/flow/report";
 * import { fibonacci } from "../examples/fibonacci.ts";
 *
 * await using flow = new Flow({ maxWorkers: 1 }).add("fibonacci", fibonacci);
 * await flow.execute("fibonacci.n", 20);
 *
 * const report = reportOf(flow);
 * for (const line of terminalReport(report, { columns: 80 })) console.log(line);
 * const path = await Deno.makeTempFile({ suffix: ".html" });
 * await Deno.writeTextFile(path, htmlReport(report));
 * await Deno.remove(path);
 * ```
 *
 * @module
 */

export { reportOf, type ReportOptions } from "../src/report/report_of.ts";
export { terminalReport } from "../src/report/terminal_report.ts";
export { htmlReport } from "../src/report/html_report.ts";
export { writeReport } from "../src/report/write_report.ts";
export { graphView, type GraphViewOptions } from "../src/report/graph_view.ts";
export {
  type TimelineData,
  timelineView,
  type TimelineViewOptions,
} from "../src/report/timeline_view.ts";
export { jobView, type JobViewOptions, type ShownJob } from "../src/report/job_view.ts";
export {
  type SummaryData,
  summaryView,
  type SummaryViewOptions,
} from "../src/report/summary_view.ts";
export { section } from "../src/report/section.ts";
export type { ViewOptions } from "../src/report/view_options.ts";
export { printable } from "../src/errors/printable.ts";
export type {
  PathStep,
  QueueTimes,
  ReportedJob,
  RunFigures,
  RunReport,
  SlowExecution,
} from "../src/report/run_report.ts";
export type { RunSource, RunStream } from "../src/run/run_source.ts";
export type { ConnectionShape, GraphShape, RoutineShape } from "../src/run/graph_shape.ts";
export type {
  ActivationOutcome,
  AttemptOutcome,
  JobTrace,
  TracedActivation,
  TracedAttempt,
  TracedWait,
} from "../src/run/job_trace.ts";
export type {
  ActivationCounts,
  ConnectionSnapshot,
  ErrorSnapshot,
  ExecutingSnapshot,
  FailureGroup,
  JobRow,
  LimitSnapshot,
  ProgressSnapshot,
  RoutineSnapshot,
  RoutineWaits,
  RunSnapshot,
  WorkerSnapshot,
} from "../src/run/run_snapshot.ts";
