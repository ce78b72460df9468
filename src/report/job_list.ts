import { waitsText } from "../run/wait_text.ts";
import { clip, excerpt } from "../terminal/clip.ts";
import { timeLeft } from "../terminal/duration.ts";
import { Palette } from "../terminal/palette.ts";
import { table } from "../terminal/table.ts";
import { exact } from "./exact.ts";
import type { ReportedJob } from "./run_report.ts";
import { COLUMNS, type ViewOptions } from "./view_options.ts";

/** The minimum number of columns for retries and errors. */
const MIN_COLUMNS = 60;

/**
 * Lists jobs of a report: the status, the duration so far, the number of activations that have ended, and the error, or
 * what an unfinished job waits for.
 *
 * @param jobs The jobs.
 * @param options The form of the lines.
 * @param at The time of the report.
 */
export function jobList(
  jobs: readonly ReportedJob[],
  { columns = COLUMNS, color = false }: ViewOptions,
  at: number,
): string[] {
  const palette = new Palette(color);
  if (jobs.length === 0) return [clip("There are no jobs.", columns)];
  const isNarrow = columns < MIN_COLUMNS;
  const room = Math.max(8, Math.floor(columns * 0.3));
  const rows = jobs.map(({ row, trace }) => {
    const { jobId, status, createdAt, endedAt = trace.lastAt, error, waits = [] } = row;
    const ended = row.completed + row.failed + row.skipped + row.cancelled;
    const retries = row.retried === 0 ? "" : palette.yellow(`${row.retried} retried`);
    return [
      excerpt(jobId, room),
      palette.status(status),
      exact(endedAt - createdAt),
      `${ended} of ${ended + row.queued + row.held + row.executing}${isNarrow ? "" : " done"}`,
      retries,
      error === undefined || status !== "failed"
        ? excerpt(waitsText(waits, timeLeft(at)), columns)
        : palette.red(excerpt(`${error.name}: ${error.message}`, columns)),
    ];
  });
  const used = [0, 1, 2, 3, ...isNarrow ? [] : [4, 5]].filter((i) =>
    rows.some((row) => row[i] !== "")
  );
  return table(rows.map((row) => used.map((i) => row[i] ?? "")), [2])
    .map((line) => clip(line, columns));
}
