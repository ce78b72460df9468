// The waits in the report for a terminal: how long attempts have waited until they began, and for which limits activations
// wait at the time of the report, if the flow still runs.

import { limitsText } from "../run/wait_text.ts";
import { clip, excerpt } from "../terminal/clip.ts";
import { timeLeft } from "../terminal/duration.ts";
import { Palette } from "../terminal/palette.ts";
import { plural } from "../terminal/plural.ts";
import { table } from "../terminal/table.ts";
import { exact } from "./exact.ts";
import type { RunReport } from "./run_report.ts";
import { COLUMNS, type ViewOptions } from "./view_options.ts";

/** The maximum number of routines. */
const MAX_LINES = 20;

/** The minimum number of columns for the number of attempts. */
const MIN_COLUMNS = 70;

/**
 * Shows how long the attempts of each routine have waited from the moment at which they could begin: for workers, for
 * limits of the routine, and for other jobs, which the events do not distinguish. The routine that has waited most is the
 * first one.
 *
 * @param report The report.
 */
export function queueView(
  { queueTimes }: Pick<RunReport, "queueTimes">,
  { columns = COLUMNS, color = false }: ViewOptions = {},
): string[] {
  const { dim, bold } = new Palette(color);
  if (queueTimes.length === 0) return [clip("Nothing was executed.", columns)];
  const isNarrow = columns < MIN_COLUMNS;
  const room = Math.max(8, Math.floor(columns * 0.25));
  const rows = queueTimes.slice(0, MAX_LINES).map(({ routineId, attempts, p50, p95, max }) => [
    excerpt(routineId, room),
    ...isNarrow ? [] : [plural(attempts, "attempt")],
    `${dim("p50")} ${bold(exact(p50))}`,
    `${dim("p95")} ${exact(p95)}`,
    `${dim("max")} ${exact(max)}`,
  ]);
  return table(rows, [1, 2, 3, 4]).map((line) => clip(line, columns));
}

/**
 * Shows the limits for which activations wait at the time of a report.
 *
 * @param report The report.
 * @returns The lines; none if the flow has no limits, no activation waits for them, or this is a journal.
 */
export function limitView(
  { snapshot, at }: Pick<RunReport, "snapshot" | "at">,
  { columns = COLUMNS }: ViewOptions = {},
): string[] {
  const rows = snapshot.routines.flatMap(({ routineId, waits }) => {
    const text = waits && limitsText(waits, timeLeft(at));
    return text ? [[excerpt(routineId, Math.max(8, columns / 4)), excerpt(text, columns)]] : [];
  });
  return table(rows).map((line) => clip(line, columns));
}
