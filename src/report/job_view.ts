// Shows all details of one job as lines for a terminal: its history, its shared data and log, and the states of its
// routines. The command line and the demo print it.

import { printable } from "../errors/printable.ts";
import type { JobState } from "../flow/job_state.ts";
import { clip, excerpt } from "../terminal/clip.ts";
import { milliseconds, since } from "../terminal/duration.ts";
import { Palette } from "../terminal/palette.ts";
import { plural } from "../terminal/plural.ts";
import { table } from "../terminal/table.ts";
import { historyView } from "./history_view.ts";
import { indent } from "./section.ts";
import { stamped, stampedView, stampOf, textOf } from "./stamped_view.ts";
import { COLUMNS, type ViewOptions } from "./view_options.ts";

/**
 * Shows all details of a job: its history, its shared data and log, and the states of its routines. Times are
 * milliseconds from a start. All text is escaped.
 *
 * @example The details of a job
 * ```ts
 * import { Flow } from "@millrace/flow";
 * import { jobView } from "@millrace/flow/report";
 * import { fibonacci } from "../../examples/fibonacci.ts";
 *
 * await using flow = new Flow({ maxWorkers: 1 }).add("fibonacci", fibonacci);
 * const job = await flow.execute("fibonacci.n", 20);
 * const [title = ""] = jobView(job, { columns: 80 });
 * console.log(title.includes("completed after")); // true
 * ```
 *
 * @param job The job. Its history is read once.
 */
export function jobView(
  job: ShownJob,
  { start = job.createdAt, parts = {}, columns = COLUMNS, color = false }: JobViewOptions = {},
): string[] {
  const palette = new Palette(color);
  const { bold, dim, red } = palette;
  const { executionHistory, sharedData, sharedLog, routineStates, error, skipped } = job;
  const room = columns - 4;
  const log = sharedLog.map(({ routineId, timestamp, data }) => ({
    name: routineId,
    timestamp,
    value: data,
  }));
  const values = (of: Readonly<Record<string, unknown>>) =>
    stampedView(stamped(of), start, room, palette);
  const part = (title: string, lines: readonly string[]) => [
    bold(title),
    ...indent(lines.length > 0 ? lines : [dim("none")]),
  ];
  const records = plural(executionHistory.length, "record");
  const entries = plural(sharedLog.length, "entry", "entries");
  const shown = [
    part(`execution history, ${records}`, historyView(executionHistory, start, room, palette)),
    part("shared data", values(sharedData)),
    part(`shared log, ${entries}`, stampedView(log, start, room, palette)),
    part("routine states", values(routineStates)),
    ...Object.entries(parts).map(([title, value]) =>
      part(printable(title), fields(value, palette))
    ),
  ];
  return [
    titleOf(job, start, palette),
    ...error === undefined ? [] : [red(`  ${excerpt(`${error.name}: ${error.message}`, columns)}`)],
    ...skipped.length === 0
      ? []
      : [palette.status("skipped", `  skipped: ${printable(skipped.join(", "))}`)],
    ...indent(shown.flat()),
  ].map((line) => clip(line, columns));
}

/** The properties of a job that {@linkcode jobView} shows. */
export type ShownJob = Pick<
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

/** Options of {@linkcode jobView}. */
export interface JobViewOptions extends ViewOptions {
  /**
   * The time from which on times are counted, in epoch milliseconds. The default is the time at which the job was
   * created.
   */
  readonly start?: number;
  /** Values to show in parts of their own, by title, such as the result of the job. */
  readonly parts?: Readonly<Record<string, unknown>>;
}

function titleOf(
  { jobId, status, createdAt, endedAt }: ShownJob,
  start: number,
  palette: Palette,
): string {
  const { bold, dim } = palette;
  const named = `${bold(printable(jobId))}  ${palette.status(status)}`;
  if (endedAt === undefined) return `${named}  ${dim(`since ${since(start, createdAt)}`)}`;
  const took = milliseconds(endedAt - createdAt);
  return `${named} after ${took}  ${
    dim(`from ${since(start, createdAt)} to ${since(start, endedAt)}`)
  }`;
}

function fields(given: unknown, { dim }: Palette): string[] {
  if (given === undefined) return [];
  const { value } = stampOf(given);
  if (typeof value !== "object" || value === null) return [textOf(value)];
  return table(Object.entries(value).map(([name, field]) => [dim(printable(name)), textOf(field)]));
}
