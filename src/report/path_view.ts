// Shows the critical path of a job as lines for a terminal: a line for each step, with its bar over the time of the
// path, its start, its duration and its share.

import { Chart } from "../terminal/chart.ts";
import { clip, excerpt } from "../terminal/clip.ts";
import { duration, since } from "../terminal/duration.ts";
import { pad } from "../terminal/pad.ts";
import { Palette } from "../terminal/palette.ts";
import { plural } from "../terminal/plural.ts";
import { table } from "../terminal/table.ts";
import { widthOf } from "../terminal/width_of.ts";
import { exact } from "./exact.ts";
import type { PathStep, ReportedJob } from "./run_report.ts";
import { COLUMNS, type ViewOptions } from "./view_options.ts";

/** The maximum number of steps with lines of their own, of which the longest are. */
const MAX_LINES = 24;

/** The minimum number of columns for the start and the share of each step, and for the title in one line. */
const MIN_COLUMNS = 60;

/** The minimum width of the bars. */
const MIN_CELLS = 12;

/** The kinds of steps as a reader sees them. */
const KINDS: Readonly<Record<PathStep["kind"], string>> = {
  queued: "waits",
  delayed: "delay",
  executing: "executes",
  signal: "signal",
  feed: "feed",
};

/** The share of the path that a wait takes at least to have a line of its own. */
const MIN_SHARE = 0.005;

/** One step, or the steps without lines of their own between two that have them. */
interface Part {
  readonly steps: readonly PathStep[];
  readonly startedAt: number;
  readonly endedAt: number;
}

/**
 * Shows the chain of waiting and executing that determined the duration of a job: a line for each step, and a title
 * with the total times.
 *
 * @param job The job of a report.
 */
export function pathView(
  { row, criticalPath: path }: Pick<ReportedJob, "row" | "criticalPath">,
  { columns = COLUMNS, color = false }: ViewOptions = {},
): string[] {
  const palette = new Palette(color);
  const { bold, dim } = palette;
  const [first, last] = [path[0], path.at(-1)];
  const title = `${bold(excerpt(row.jobId, columns / 2))}  ${palette.status(row.status)}`;
  if (first === undefined || last === undefined) return [clip(title, columns)];
  const whole = last.endedAt - first.startedAt;
  const executing = timeOf(path.filter(({ kind }) => kind === "executing"));
  const text = columns < MIN_COLUMNS ? duration : exact;
  const times = `${text(executing)} executing, ${text(whole - executing)} waiting`;
  const parts = partsOf(path.filter(({ kind, startedAt, endedAt }) => {
    return kind === "executing" || endedAt - startedAt >= whole * MIN_SHARE;
  }));
  const cells = parts.map(({ steps, startedAt, endedAt }) => {
    const took = endedAt - startedAt;
    return [
      ...steps.length === 1 ? nameOf(steps[0] as PathStep, columns) : [
        dim(`… ${plural(steps.length, "step")}`),
        "",
      ],
      whole < 100_000
        ? since(first.startedAt, startedAt)
        : `+${exact(startedAt - first.startedAt)}`,
      exact(took),
      `${Math.round(took / Math.max(whole, Number.MIN_VALUE) * 100)}%`,
    ];
  });
  const isNarrow = columns < MIN_COLUMNS;
  const numbers = isNarrow
    ? table(cells.map((row) => row.slice(3, 4)), [0])
    : table(cells.map((row) => row.slice(2)), [0, 1, 2]);
  const names = table(cells.map((row) => row.slice(0, 2)));
  const [wide, narrow] = [widest(names), widest(numbers)];
  const chart = new Chart(
    { startedAt: first.startedAt, endedAt: last.endedAt },
    columns - wide - narrow - 6,
  );
  const hasBars = columns - wide - narrow - 6 >= MIN_CELLS;
  return [
    ...isNarrow ? [title, `  ${dim(times)}`] : [`${title}  ${dim(times)}`],
    ...parts.map((part, i) => {
      const name = pad(names[i] ?? "", wide);
      const bar = hasBars ? `  ${pad(barOf(part, chart, palette), chart.cells)}` : "";
      return `  ${name}${bar}  ${numbers[i]}`;
    }),
  ].map((line) => clip(line, columns));
}

function nameOf({ routineId, attempt, kind }: PathStep, columns: number): [string, string] {
  const again = attempt > 1 ? ` #${attempt}` : "";
  return [excerpt(routineId, Math.max(8, Math.floor(columns * 0.3))) + again, KINDS[kind]];
}

function barOf({ steps, ...interval }: Part, chart: Chart, { dim, cyan, green }: Palette): string {
  const [from, to] = chart.range(interval);
  const [step] = steps;
  const isExecuting = steps.length === 1 && step?.kind === "executing";
  if (isExecuting) {
    const { before, bar } = chart.bar(interval);
    return before + green(bar);
  }
  const paint = step?.kind === "signal" || step?.kind === "feed" ? cyan : dim;
  return " ".repeat(from) + paint("·".repeat(to - from));
}

/** Joins the shortest steps with their neighbours if there are too many. */
function partsOf(path: readonly PathStep[]): Part[] {
  const longest = new Set(
    path.toSorted((a, b) => timeOf([b]) - timeOf([a])).slice(0, MAX_LINES),
  );
  const parts: Part[] = [];
  let joined: PathStep[] = [];
  const close = () => {
    if (joined.length > 0) parts.push(partOf(joined));
    joined = [];
  };
  for (const step of path) {
    if (longest.has(step)) {
      close();
      parts.push(partOf([step]));
    } else joined.push(step);
  }
  close();
  return parts;
}

function partOf(steps: readonly PathStep[]): Part {
  return { steps, startedAt: steps[0]?.startedAt ?? 0, endedAt: steps.at(-1)?.endedAt ?? 0 };
}

function timeOf(steps: readonly PathStep[]): number {
  return steps.reduce((sum, { startedAt, endedAt }) => sum + endedAt - startedAt, 0);
}

function widest(lines: readonly string[]): number {
  return lines.reduce((most, line) => Math.max(most, widthOf(line)), 0);
}
