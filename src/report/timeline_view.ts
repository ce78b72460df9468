// Draws the executions of the jobs of a report over time, as lines for a terminal. With a few executions, each has a
// line of its own (`bar_rows.ts`); with many, those of a job share lines (`job_rows.ts`).

import { clip } from "../terminal/clip.ts";
import { Palette } from "../terminal/palette.ts";
import { plural } from "../terminal/plural.ts";
import { wrap } from "../terminal/wrap.ts";
import { barRows } from "./bar_rows.ts";
import type { DrawnJob } from "./drawing.ts";
import { executionsOf } from "./executions.ts";
import { jobRows } from "./job_rows.ts";
import type { ReportedJob, RunFigures } from "./run_report.ts";
import { COLUMNS, type ViewOptions } from "./view_options.ts";

/**
 * The maximum number of bars with lines of their own. Beyond that, the bars of a job share a line.
 */
const MAX_LINES = 40;

/**
 * Draws the executions of each job over time: a bar per attempt, from its measured start to its measured end, with its
 * worker, and dots for its wait before that. The last line has the maximum number of concurrent executions.
 *
 * @example The timeline of a job
 * ```ts
 * import { Flow } from "@millrace/flow";
 * import { reportOf, timelineView } from "@millrace/flow/report";
 * import { fibonacci } from "../../examples/fibonacci.ts";
 *
 * await using flow = new Flow({ maxWorkers: 1 }).add("fibonacci", fibonacci);
 * await flow.execute("fibonacci.n", 20);
 * const lines = timelineView(reportOf(flow), { columns: 80 });
 * console.log(lines.at(-1)); // 1 bar, at most 1 at once; the limit is 1.
 * ```
 *
 * @param report The report.
 */
export function timelineView(
  { jobs, figures, since }: TimelineData,
  { waits = true, timesIn, columns = COLUMNS, color = false }: TimelineViewOptions = {},
): string[] {
  const palette = new Palette(color);
  const drawn = jobs.map(({ trace }): DrawnJob => ({
    jobId: trace.jobId,
    executions: executionsOf(trace, since),
    waits: !waits ? [] : trace.waits.map(({ endedAt = trace.lastAt, ...wait }) => {
      return { ...wait, startedAt: wait.since, endedAt };
    }).filter(({ startedAt }) => startedAt >= (since ?? -Infinity)),
  }));
  const bars = drawn.reduce((sum, { executions }) => sum + executions.length, 0);
  if (bars === 0) return [clip("Nothing was executed.", columns)];
  const endedAt = drawn.flatMap(({ executions, waits }) => [...executions, ...waits])
    .reduce((end, { endedAt }) => Math.max(end, endedAt), figures.startedAt);
  const drawing = {
    whole: { startedAt: figures.startedAt, endedAt },
    columns,
    palette,
    hasWaits: waits,
    timesIn,
  };
  const lines = bars > MAX_LINES ? jobRows(drawn, drawing) : barRows(drawn, drawing);
  return [
    ...lines.map((line) => clip(line, columns)),
    "",
    ...verdict(bars, figures, palette, waits ? columns : Infinity)
      .map((line) => clip(line, columns)),
  ];
}

/** The parts of a report that a timeline shows. */
export interface TimelineData {
  /** The time from which on executions are drawn. */
  readonly since: number | undefined;
  /** The times of the run. */
  readonly figures: Pick<RunFigures, "startedAt" | "maxConcurrent" | "limit">;
  /** The jobs. */
  readonly jobs: readonly {
    /** The course of the job. */
    readonly trace: Pick<ReportedJob["trace"], "jobId" | "activations" | "waits" | "lastAt">;
  }[];
}

/** Options of {@linkcode timelineView}. */
export interface TimelineViewOptions extends ViewOptions {
  /**
   * `false` for executions alone, without the time for which they waited for a worker, and without waits for signals.
   *
   * @default {true}
   */
  readonly waits?: boolean;
  /** The place where the reader finds the exact times, if bars share lines, such as `"part 4"`. */
  readonly timesIn?: string;
}

function verdict(
  bars: number,
  { maxConcurrent, limit }: TimelineData["figures"],
  { green, red }: Palette,
  columns: number,
): string[] {
  const text = `${plural(bars, "bar")}, at most ${maxConcurrent} at once`;
  const bound = limit === undefined ? "" : `; the limit is ${limit}`;
  const isExceeded = limit !== undefined && maxConcurrent > limit;
  const lines = wrap(`${text}${bound}.${isExceeded ? " That is too many." : ""}`, columns);
  return lines.map(isExceeded ? red : limit === undefined ? String : green);
}
