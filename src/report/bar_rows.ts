// The rows of a timeline with a line for each execution, and for each wait for a signal: the routine, the bar, and the
// worker, the start and the duration.

import { Chart } from "../terminal/chart.ts";
import { excerpt } from "../terminal/clip.ts";
import { duration, milliseconds, since } from "../terminal/duration.ts";
import { pad } from "../terminal/pad.ts";
import { widthOf } from "../terminal/width_of.ts";
import type { Drawing, DrawnJob, DrawnWait } from "./drawing.ts";
import type { Execution } from "./executions.ts";
import { waitDots } from "./wait_dots.ts";

/** The minimum width of the bars, for which the names are shortened and the numbers left out. */
const MIN_CELLS = 12;

/** The length from which on times are shown in larger units, in milliseconds. */
const LONG = 100_000;

interface Row {
  readonly name: string;
  readonly numbers: string;
  /** Draws the bar, in at most the cells of the chart. */
  readonly draw: (chart: Chart) => string;
}

/** Draws a line for each execution of the jobs. */
export function barRows(jobs: readonly DrawnJob[], drawing: Drawing): string[] {
  const { whole, columns, palette } = drawing;
  const room = Math.max(MIN_CELLS, Math.floor(columns * 0.4));
  const all = jobs.flatMap(({ jobId, executions, waits }): Row[] => [
    { name: palette.bold(excerpt(jobId, room)), numbers: "", draw: () => "" },
    ...[
      ...executions.map((each) => ({ at: each.startedAt, row: executionRow(each, room, drawing) })),
      ...waits.map((each) => ({ at: each.startedAt, row: waitRow(each, room, drawing) })),
    ].sort((a, b) => a.at - b.at).map(({ row }) => row),
  ]);
  const names = widest(all.map(({ name }) => name));
  const numbers = widest(all.map(({ numbers }) => numbers));
  const hasNumbers = columns - names - numbers - 4 >= MIN_CELLS;
  const chart = new Chart(whole, columns - names - (hasNumbers ? numbers + 4 : 2));
  const [scale, marks] = chart.scale(names);
  return [
    palette.dim(scale),
    marks,
    ...all.map(({ name, numbers, draw }) => {
      const bar = draw(chart);
      if (bar === "") return name;
      const row = `${pad(name, names)}  ${bar}`;
      return hasNumbers ? `${pad(row, names + 2 + chart.cells)}  ${numbers}` : row;
    }),
  ];
}

function executionRow(execution: Execution, room: number, drawing: Drawing): Row {
  const { routineId, attempt, workerId, outcome, readyAt, startedAt, endedAt } = execution;
  const { palette, hasWaits } = drawing;
  // Waits need the room of the longer form.
  const again = attempt === 1 ? "" : hasWaits ? ` #${attempt}` : ` (attempt ${attempt})`;
  return {
    name: `  ${excerpt(routineId, room - again.length - 2)}${again}`,
    numbers: [
      palette.worker(workerId)(pad(excerpt(workerId, 12), "w1".length)),
      ...times(startedAt, endedAt, drawing),
      ...outcome === "completed" ? [] : [palette.status(outcome)],
    ].join("  "),
    draw(chart) {
      const { before, bar } = chart.bar(execution);
      const painted = palette.worker(workerId)(bar);
      if (!hasWaits) return before + painted;
      const wait = { startedAt: readyAt, endedAt: startedAt };
      const [blank, dots] = waitDots(chart, wait, before.length);
      return blank + (dots && palette.dim(dots)) + painted;
    },
  };
}

function waitRow(wait: DrawnWait, room: number, drawing: Drawing): Row {
  const { palette } = drawing;
  const signal = room < 24 ? "" : palette.dim(` (${excerpt(wait.signal, 12)})`);
  return {
    name: `  ${excerpt(wait.routineId, room - widthOf(signal) - 2)}${signal}`,
    numbers: [pad("", "w1".length), ...times(wait.startedAt, wait.endedAt, drawing), "signal"]
      .join("  "),
    draw(chart) {
      const [from, to] = chart.range(wait);
      return " ".repeat(from) + palette.dim("·".repeat(to - from));
    },
  };
}

function times(startedAt: number, endedAt: number, { whole }: Drawing): string[] {
  const took = endedAt - startedAt;
  if (whole.endedAt - whole.startedAt >= LONG) {
    const start = `+${duration(startedAt - whole.startedAt)}`;
    return [pad(start, "+20m 05s".length, true), pad(duration(took), "20m 05s".length, true)];
  }
  return [
    pad(since(whole.startedAt, startedAt), "+1000.0".length, true),
    pad(milliseconds(took), "100.0 ms".length, true),
  ];
}

function widest(texts: readonly string[]): number {
  return texts.reduce((most, text) => Math.max(most, widthOf(text)), 0);
}
