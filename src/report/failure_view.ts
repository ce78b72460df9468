import { clip, excerpt } from "../terminal/clip.ts";
import { since } from "../terminal/duration.ts";
import { Palette } from "../terminal/palette.ts";
import { plural } from "../terminal/plural.ts";
import { wrap } from "../terminal/wrap.ts";
import { exact } from "./exact.ts";
import type { RunReport } from "./run_report.ts";
import { COLUMNS, type ViewOptions } from "./view_options.ts";

/** The maximum number of groups. */
const MAX_GROUPS = 20;

/** The minimum number of columns for the routine and the error in one line. */
const MIN_COLUMNS = 60;

/**
 * Shows the failed attempts of a report, grouped by routine and cause: their number, the error, its place in the code,
 * and the job of the last of them.
 *
 * @param report The report.
 */
export function failureView(
  { snapshot: { failures }, figures }: Pick<RunReport, "snapshot" | "figures">,
  { columns = COLUMNS, color = false }: ViewOptions = {},
): string[] {
  const { red, dim, bold } = new Palette(color);
  if (failures.length === 0) return [clip("No attempt failed.", columns)];
  const shown = failures.slice(0, MAX_GROUPS);
  const widest = Math.max(...shown.map(({ count }) => `${count}×`.length));
  const margin = " ".repeat(widest + 2);
  const lines = shown.flatMap(({ count, routineId, name, message, place, jobId, lastAt }) => {
    const number = `${count}×`.padStart(widest);
    const text = message === "" ? name : `${name}: ${message}`;
    const at = lastAt - figures.startedAt;
    const when = Math.abs(at) < 100_000 ? since(0, at) : `+${exact(at)}`;
    const routine = `${number}  ${bold(excerpt(routineId, columns / 2))}`;
    const error = excerpt(text, columns * 2);
    return [
      ...columns < MIN_COLUMNS
        ? [routine, ...wrap(error, columns - widest - 2).map((line) => margin + red(line))]
        : [`${routine}  ${red(error)}`],
      ...place === undefined ? [] : [margin + dim(`at ${placeIn(place, columns - widest - 5)}`)],
      margin + dim(`last ${when} in ${excerpt(jobId, columns / 2)}`),
    ];
  });
  return [
    ...lines,
    ...failures.length === shown.length
      ? []
      : [dim(`and ${plural(failures.length - shown.length, "more cause")}`)],
  ].map((line) => clip(line, columns));
}

/** Returns the end of a place, as the names of files and the lines are there. */
function placeIn(place: string, columns: number): string {
  const text = excerpt(place, place.length);
  return text.length <= columns ? text : `…${text.slice(1 - Math.max(1, columns))}`;
}
