// Shows the figures of a run as a table for a terminal. The report and the demo print it.

import { clip } from "../terminal/clip.ts";
import { Palette } from "../terminal/palette.ts";
import { table } from "../terminal/table.ts";
import { exact } from "./exact.ts";
import type { RunReport } from "./run_report.ts";
import { COLUMNS, type ViewOptions } from "./view_options.ts";

/** The minimum number of columns for the notes. */
const MIN_COLUMNS = 60;

/**
 * Shows the figures of a run: its jobs by outcome, the failures, and its time compared with the time that no schedule
 * can beat. Numbers of things that did not happen are left out.
 *
 * @example The figures of a run
 * ```ts
 * import { Flow } from "@millrace/flow";
 * import { reportOf, summaryView } from "@millrace/flow/report";
 * import { fibonacci } from "../../examples/fibonacci.ts";
 *
 * await using flow = new Flow({ maxWorkers: 1 }).add("fibonacci", fibonacci);
 * await flow.execute("fibonacci.n", 20);
 * console.log(summaryView(reportOf(flow))[1]?.split(/ +/)); // [ "completed", "1" ]
 * ```
 *
 * @param report The report.
 */
export function summaryView(
  { figures, snapshot }: SummaryData,
  { unfinished = "have not ended", columns = COLUMNS, color = false }: SummaryViewOptions = {},
): string[] {
  const { bold, dim, green, red, yellow } = new Palette(color);
  const { wall, busy, chain, lowerBound, ratio, limit } = figures;
  const { completed, failed, cancelled, ...open } = snapshot.jobs;
  const unfinishedJobs = open.pending + open.running + open.paused;
  const jobs = completed + failed + cancelled + unfinishedJobs;
  const { retried, skipped } = snapshot.totals;
  const row = (name: string, count: number, note: string) =>
    count > 0 ? [[name, yellow(String(count)), note]] : [];
  const isByWork = limit !== undefined && chain <= busy / limit;
  const bound = isByWork ? `busy time / ${limit}` : "the longest job's own chain";
  return table(
    [
      ["jobs", String(jobs), ""],
      ["completed", (completed === jobs ? green : String)(String(completed)), ""],
      ["failed", (failed > 0 ? red : String)(String(failed)), ""],
      ...row("cancelled", cancelled, ""),
      ...row("unfinished", unfinishedJobs, unfinished),
      ...row("failures", retried + skipped + snapshot.totals.failed, "attempts that failed"),
      ...row("retries", retried, "of them were followed by another"),
      ...row("skipped", skipped, "given up while their job went on"),
      ["wall time", exact(wall), ""],
      ["busy time", exact(busy), "all activations together"],
      ["lower bound", exact(lowerBound), `${bound}: no schedule is faster`],
      ["ratio", bold(ratio === undefined ? "–" : ratio.toFixed(3)), "wall time / lower bound"],
    ].map(([name = "", value = "", note = ""]) => [
      ...[name, value],
      ...columns < MIN_COLUMNS ? [] : [dim(note)],
    ]),
    [1],
  ).map((line) => clip(line, columns));
}

/** The parts of a report that its summary shows. */
export interface SummaryData {
  /** The times of the run. */
  readonly figures: Pick<
    RunReport["figures"],
    "wall" | "busy" | "chain" | "lowerBound" | "ratio" | "limit"
  >;
  /** The numbers of the run. */
  readonly snapshot: {
    /** The number of jobs by status. */
    readonly jobs: RunReport["snapshot"]["jobs"];
    /** The numbers of activations. */
    readonly totals: Pick<RunReport["snapshot"]["totals"], "failed" | "skipped" | "retried">;
  };
}

/** Options of {@linkcode summaryView}. */
export interface SummaryViewOptions extends ViewOptions {
  /**
   * The note on jobs that have not ended.
   *
   * @default {"have not ended"}
   */
  readonly unfinished?: string;
}
