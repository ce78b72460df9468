// The rows of a timeline in which the executions of a job share a line, or several lines if they overlap.

import { Chart } from "../terminal/chart.ts";
import { excerpt } from "../terminal/clip.ts";
import { pad } from "../terminal/pad.ts";
import type { Palette } from "../terminal/palette.ts";
import { widthOf } from "../terminal/width_of.ts";
import { wrap } from "../terminal/wrap.ts";
import type { Drawing, DrawnJob } from "./drawing.ts";
import type { Execution } from "./executions.ts";
import { lanes, type Placed } from "./lanes.ts";

/** The share of the columns that ids may take. */
const NAMES = 0.3;

/** Draws a line for each job, or several lines if its bars overlap. */
export function jobRows(jobs: readonly DrawnJob[], drawing: Drawing): string[] {
  const { whole, columns, palette } = drawing;
  const ids = jobs.map(({ jobId }) => excerpt(jobId, Math.max(8, Math.floor(columns * NAMES))));
  const names = ids.reduce((most, id) => Math.max(most, widthOf(id)), 0);
  const chart = new Chart(whole, columns - names - 2);
  const rows = jobs.flatMap((job, i) =>
    lanes(job.executions, (execution) => chart.range(execution)).map((lane, place) => {
      const isFirst = place === 0;
      const dots = isFirst && drawing.hasWaits ? waitingCells(job, chart) : [];
      return `${pad(isFirst ? ids[i] ?? "" : "", names)}  ${laneOf(lane, dots, palette)}`;
    })
  );
  const [scale, marks] = chart.scale(names);
  return [
    palette.dim(scale),
    marks,
    ...rows,
    ...wrap(legend(jobs, drawing), drawing.hasWaits ? columns : Infinity).map(palette.dim),
  ];
}

/** Draws the bars of one lane, with dots where the job waits between them. */
function laneOf(
  lane: readonly Placed<Execution>[],
  dots: readonly boolean[],
  palette: Palette,
): string {
  let row = "";
  let end = 0;
  const blank = (to: number) => {
    let text = "";
    for (; end < to; end++) text += dots[end] ? "·" : " ";
    row += text.includes("·") ? palette.dim(text) : text;
  };
  for (const { item, from, to } of lane) {
    blank(from);
    row += labelled(item, to - from, palette);
    end = to;
  }
  if (dots.length > end) blank(dots.lastIndexOf(true) + 1);
  return row;
}

/** Marks the cells of a chart during which a job waits for a worker or a signal. */
function waitingCells({ executions, waits }: DrawnJob, chart: Chart): boolean[] {
  const cells: boolean[] = [];
  const intervals = [
    ...executions.map(({ readyAt, startedAt }) => ({ startedAt: readyAt, endedAt: startedAt })),
    ...waits,
  ];
  for (const interval of intervals) {
    if (interval.endedAt <= interval.startedAt) continue;
    const [from, to] = chart.range(interval);
    for (let i = from; i < to; i++) cells[i] = true;
  }
  return cells;
}

function legend(jobs: readonly DrawnJob[], { hasWaits, timesIn }: Drawing): string {
  const isWhole = jobs.every(({ executions }) =>
    executions.every(({ outcome }) => outcome === "completed")
  );
  return [
    "Each bar begins with the worker that ran it",
    ...isWhole ? [] : [", and is broken if it did not complete"],
    ...hasWaits ? ["; dots are waiting"] : [],
    ...timesIn === undefined ? [] : [`; ${timesIn} has its times`],
    ".",
  ].join("");
}

/**
 * Draws a bar with the id of its worker, if there is room; dashed if the attempt did not complete.
 */
function labelled({ workerId, outcome }: Execution, cells: number, palette: Palette): string {
  const number = workerId.replace(/^\D+/, "");
  const label = [excerpt(workerId, 40), excerpt(number, 40)].find((each) => widthOf(each) <= cells);
  const line = outcome === "completed" ? "━" : "╌";
  const text = label ?? "";
  return palette.worker(workerId)(text + line.repeat(Math.max(0, cells - widthOf(text))));
}
