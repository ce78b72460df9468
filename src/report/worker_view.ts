// Draws what each worker executed over time, as lines for a terminal: a lane per worker, or several if it executed
// activations at the same time.

import { Chart, type Interval } from "../terminal/chart.ts";
import { clip, excerpt } from "../terminal/clip.ts";
import { pad } from "../terminal/pad.ts";
import { type Paint, Palette } from "../terminal/palette.ts";
import { plural } from "../terminal/plural.ts";
import { widthOf } from "../terminal/width_of.ts";
import { maxConcurrent } from "./concurrency.ts";
import { type Execution, executionsOf } from "./executions.ts";
import { lanes, type Placed } from "./lanes.ts";
import type { RunReport } from "./run_report.ts";
import { COLUMNS, type ViewOptions } from "./view_options.ts";

/** The maximum number of workers with lanes. */
const MAX_WORKERS = 32;

/** Orders `w10` behind `w9`. */
const ORDER = new Intl.Collator("en", { numeric: true });

/**
 * Draws a lane for each worker, with a bar for each execution of the jobs in detail, which begins with the routine.
 * Bars of attempts that did not complete are broken. If bars would be too short, shades show the part of the time for
 * which the worker was busy.
 */
export function workerView(
  { jobs, figures, since, graph, snapshot }: RunReport,
  { columns = COLUMNS, color = false }: ViewOptions = {},
): string[] {
  const palette = new Palette(color);
  const byWorker = Map.groupBy(
    jobs.flatMap(({ trace }) => executionsOf(trace, since)),
    ({ workerId }) => workerId,
  );
  const workers = [...byWorker.keys()].sort(ORDER.compare);
  if (workers.length === 0) return [clip("Nothing was executed.", columns)];
  const shown = workers.slice(0, MAX_WORKERS);
  const names = shown.map((id) => excerpt(id, Math.max(4, Math.floor(columns * 0.2))));
  const widest = names.reduce((most, name) => Math.max(most, widthOf(name)), 0);
  const endedAt = [...byWorker.values()].flat()
    .reduce((end, { endedAt }) => Math.max(end, endedAt), figures.startedAt);
  const whole = { startedAt: figures.startedAt, endedAt };
  const chart = new Chart(whole, columns - widest - 2 - BUSY);
  const busy = new Map(snapshot.workers.map((worker) => [worker.workerId, worker]));
  const ids = graph.routines.map(({ routineId }) => routineId);
  const labels = labelsOf(ids);
  const marked = new Map(ids.map((routineId, i): [string, Mark] => {
    return [routineId, { label: labels[i] ?? "", paint: palette.worker(`w${i + 1}`) }];
  }));
  const [scale, marks] = chart.scale(widest);
  return [
    palette.dim(`${pad(scale, widest + 2 + chart.cells)}${pad("busy", BUSY, true)}`),
    marks,
    ...shown.flatMap((workerId, i) => {
      const executions = (byWorker.get(workerId) ?? []).sort((a, b) => a.startedAt - b.startedAt);
      const worker = busy.get(workerId);
      const placed = lanes(executions, (each) => chart.range(each));
      // Bars of less than a cell seem to overlap.
      const rows = placed.length > maxConcurrent(executions)
        ? [palette.worker(workerId)(shades(executions, whole, chart.cells))]
        : placed.map((lane) => laneOf(lane, marked));
      return rows.map((cells, place) => {
        const name = place === 0 ? palette.worker(workerId)(names[i] ?? "") : "";
        const row = `${pad(name, widest)}  ${pad(cells, chart.cells)}`;
        if (place > 0 || worker === undefined) return row.trimEnd();
        const part = figures.wall > 0 ? worker.busy / figures.wall : 0;
        return row + pad(worker.isLost ? palette.red("lost") : percent(part), BUSY, true);
      });
    }),
    ...workers.length === shown.length
      ? []
      : [palette.dim(`and ${plural(workers.length - shown.length, "more worker")}`)],
  ].map((line) => clip(line, columns));
}

/** The width of the column with the part of the time for which a worker was busy. */
const BUSY = 6;

/** Draws the part of the time of each cell for which a worker was busy, as a shade. */
function shades(
  executions: readonly Execution[],
  { startedAt, endedAt }: Interval,
  cells: number,
): string {
  const cell = Math.max(1, endedAt - startedAt) / cells;
  const busy = new Array<number>(cells).fill(0);
  for (const each of executions) {
    const [from, to] = [(each.startedAt - startedAt) / cell, (each.endedAt - startedAt) / cell];
    for (let i = Math.max(0, Math.floor(from)); i < Math.min(cells, to); i++) {
      busy[i] = (busy[i] ?? 0) + Math.min(to, i + 1) - Math.max(from, i);
    }
  }
  return busy.map((part) => SHADES[Math.ceil(Math.min(1, part) * 4 - 0.1)] ?? " ").join("");
}

/** Shades for a worker that is busy for none of the time, up to a quarter of it, and so on. */
const SHADES = [" ", "░", "▒", "▓", "█"];

/** The manner in which the bars of a routine are drawn. */
interface Mark {
  readonly label: string;
  readonly paint: Paint;
}

/** Returns the ids of routines without the word with which all of them begin, as bars are short. */
function labelsOf(ids: readonly string[]): string[] {
  const [first = ""] = ids;
  let common = ids.length < 2 ? 0 : first.length;
  for (const id of ids) while (!id.startsWith(first.slice(0, common))) common--;
  // Only whole words are left out.
  const isWord = (id: string) => /^(?:\p{Lu}|[-_.:/ ].)/u.test(id.slice(common));
  const cut = ids.every(isWord) ? common : 0;
  return ids.map((id) => excerpt(id.slice(cut).replace(/^[-_.:/ ]/, ""), 40));
}

/** Returns the start of a text in at most a number of columns. */
function startOf(text: string, columns: number): string {
  return widthOf(text) <= columns ? text : clip(text, columns + 1).slice(0, -1);
}

function percent(part: number): string {
  return `${Math.round(part * 100)}%`;
}

function laneOf(
  lane: readonly Placed<Execution>[],
  marks: ReadonlyMap<string, Mark>,
): string {
  let row = "";
  let end = 0;
  for (const { item: { routineId, outcome }, from, to } of lane) {
    const cells = to - from;
    const { label, paint } = marks.get(routineId) ??
      { label: excerpt(routineId, 40), paint: String };
    // A name of one or two letters is read as noise.
    const name = cells < 4 ? "" : startOf(label, cells - 1);
    const line = (outcome === "completed" ? "━" : "╌").repeat(Math.max(0, cells - widthOf(name)));
    row += " ".repeat(from - end) + paint(name + line);
    end = to;
  }
  return row;
}
