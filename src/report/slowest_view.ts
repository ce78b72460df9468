import { clip, excerpt } from "../terminal/clip.ts";
import { since } from "../terminal/duration.ts";
import { Palette } from "../terminal/palette.ts";
import { table } from "../terminal/table.ts";
import { exact } from "./exact.ts";
import type { RunReport } from "./run_report.ts";
import { COLUMNS, type ViewOptions } from "./view_options.ts";

/** The maximum number of executions. */
const MAX_LINES = 10;

/** The minimum number of columns for the start and the worker. */
const MIN_COLUMNS = 60;

/**
 * Shows the longest executions of a report, longest first.
 *
 * @param report The report.
 */
export function slowestView(
  { slowest, figures }: Pick<RunReport, "slowest" | "figures">,
  { columns = COLUMNS, color = false }: ViewOptions = {},
): string[] {
  const palette = new Palette(color);
  if (slowest.length === 0) return [clip("Nothing was executed.", columns)];
  const isNarrow = columns < MIN_COLUMNS;
  const room = Math.max(8, Math.floor(columns * (isNarrow ? 0.33 : 0.25)));
  const rows = slowest.slice(0, MAX_LINES).map((each) => {
    const { duration, routineId, attempt, jobId, workerId, startedAt } = each;
    const at = startedAt - figures.startedAt;
    return [
      palette.bold(exact(duration)),
      excerpt(routineId, room) + (attempt > 1 ? ` #${attempt}` : ""),
      excerpt(jobId, room),
      ...isNarrow ? [] : [
        Math.abs(at) < 100_000 ? since(0, at) : `+${exact(at)}`,
        palette.worker(workerId)(excerpt(workerId, 12)),
      ],
    ];
  });
  return table(rows, [0, 3]).map((line) => clip(line, columns));
}
