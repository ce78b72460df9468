import { printable } from "../errors/printable.ts";
import { reportOf } from "../report/report_of.ts";
import type { RunReport } from "../report/run_report.ts";
import { terminalReport } from "../report/terminal_report.ts";
import { timelineView } from "../report/timeline_view.ts";
import type { JobSummary, Store } from "../store/store.ts";
import { usageError } from "./command_error.ts";
import { sourceOf } from "./journal.ts";
import type { Output } from "./output.ts";

/**
 * Makes the report of jobs of one flow.
 *
 * @param jobs The jobs, newest first.
 * @throws {CommandError} If they are of several flows.
 */
export function runReport(store: Store, jobs: readonly JobSummary[]): RunReport {
  const flows = [...new Set(jobs.map(({ flowId }) => flowId))];
  if (flows.length > 1) {
    const ids = flows.map((id) => printable(JSON.stringify(id))).join(", ");
    throw usageError(`the jobs are of several flows; choose one with --flow: ${ids}`);
  }
  return reportOf(sourceOf(store, jobs));
}

/** Returns the lines of a report, or of its timeline alone. */
export function reportLines(
  report: RunReport,
  { isWhole, output }: { readonly isWhole: boolean; readonly output: Output },
): string[] {
  const options = { columns: output.width, color: output.palette.isColored };
  return isWhole ? terminalReport(report, options) : timelineView(report, options);
}
