// The block that the live renderer draws: totals, the routines and the jobs that matter, in as many lines as fit. It is
// a function of a snapshot and the size of the window, apart from the widths of columns, which never shrink.

import type { RunSnapshot } from "../run/run_snapshot.ts";
import { clip, excerpt } from "../terminal/clip.ts";
import { count } from "../terminal/count.ts";
import { duration } from "../terminal/duration.ts";
import type { Palette } from "../terminal/palette.ts";
import { bar } from "../terminal/bar.ts";
import { pad } from "../terminal/pad.ts";
import type { TerminalSize } from "../terminal/terminal.ts";
import { widthOf } from "../terminal/width_of.ts";
import { JobRows } from "./job_rows.ts";
import { RoutineRows } from "./routine_rows.ts";
import { runningTime, summaryLine } from "./summary_line.ts";
import { jobsLine, workersLine, workLine } from "./total_lines.ts";

/** The number of rows from which there is room for two tables, one below the other. */
const MIN_BOTH = 7;

/** The width from which on the tables stand side by side, and the gap between them. */
const TWO_TABLES = 150, GAP = 4;

/** The least length of the rule in the heading. */
const MIN_RULE = 3;

/** The width at which the id of a flow is cut. */
const MAX_FLOW_ID = 40;

/** The lines that show a run on a terminal. */
export class LiveBlock {
  readonly #paint: Palette;
  readonly #routines: RoutineRows;
  readonly #jobs: JobRows;

  /** @param paint The colours. */
  constructor(paint: Palette) {
    this.#paint = paint;
    this.#routines = new RoutineRows(paint);
    this.#jobs = new JobRows(paint);
  }

  /** Returns the lines for a window: at most as many as it has rows, none of them wider than it. */
  lines(snapshot: RunSnapshot, { columns, rows }: TerminalSize): string[] {
    const paint = this.#paint;
    if (rows < 1) return [];
    if (rows === 1) {
      const line = summaryLine(snapshot, paint);
      return [widthOf(line) <= columns ? line : this.#heading(snapshot, columns)];
    }
    const head = [
      this.#heading(snapshot, columns),
      jobsLine(snapshot, paint, columns),
      workLine(snapshot, paint, columns),
      workersLine(snapshot, paint, columns),
    ].slice(0, rows);
    const room = rows - head.length;
    return columns < TWO_TABLES
      ? [...head, ...this.#stacked(snapshot, columns, room)]
      : [...head, ...this.#sideBySide(snapshot, columns, room)];
  }

  #stacked(snapshot: RunSnapshot, columns: number, room: number): string[] {
    const { routines, longestJobs, failedJobs } = snapshot;
    const wanted = routines.length === 0 ? 0 : routines.length + 1;
    const jobs = longestJobs.length + failedJobs.length;
    // Jobs have a third of the room, or what the routines leave; in a low window, the routines come first.
    const least = jobs === 0 || room < MIN_BOTH ? 0 : Math.min(jobs + 1, Math.floor(room / 3));
    const forRoutines = Math.min(wanted, room - least);
    return [
      ...this.#routines.lines(snapshot, columns, forRoutines),
      ...this.#jobs.lines(snapshot, columns, room - forRoutines),
    ];
  }

  #sideBySide(snapshot: RunSnapshot, columns: number, room: number): string[] {
    const routines = this.#routines.lines(snapshot, Math.floor(columns / 2) - GAP, room);
    const width = routines.reduce((most, line) => Math.max(most, widthOf(line)), 0) + GAP;
    const jobs = this.#jobs.lines(snapshot, columns - width, room);
    return Array.from({ length: Math.max(routines.length, jobs.length) }, (_, i) => {
      return `${pad(routines[i] ?? "", width)}${jobs[i] ?? ""}`.trimEnd();
    });
  }

  /** The line above the block: the flow, its status, and the part that is done. */
  #heading(snapshot: RunSnapshot, columns: number): string {
    const { flowId, status, jobs, expectedJobs, eta } = snapshot;
    const paint = this.#paint;
    const name = paint.bold(excerpt(flowId, Math.min(MAX_FLOW_ID, Math.floor(columns / 2))));
    const state = status === "running" ? paint.cyan(status) : paint.yellow(status);
    const time = runningTime(snapshot);
    const ended = jobs.completed + jobs.failed + jobs.cancelled;
    const all = Math.max(ended + jobs.running + jobs.pending + jobs.paused, expectedJobs ?? 0);
    const estimate = eta === undefined || status === "closed" ? [] : [`eta ${duration(eta)}`];
    const left = [name, state, ...time].join("  ");
    const right = [`${count(ended)} of ${count(all)} jobs`, ...estimate].join("  ");
    const room = columns - widthOf(left) - widthOf(right) - 4;
    if (room >= MIN_RULE) {
      // The rule between the two shows the part that is done, if the whole is known.
      const rule = expectedJobs === undefined
        ? paint.dim("─".repeat(room))
        : bar(all === 0 ? 1 : ended / all, room, paint);
      return `${left}  ${rule}  ${right}`;
    }
    const short = `${count(ended)}/${count(all)}`;
    const narrower = [
      [name, state, ...time, short, ...estimate],
      [name, ...time, short, ...estimate],
      [name, ...time, short],
      [...time, short],
    ].map((parts) => parts.join(" "));
    return clip(narrower.find((line) => widthOf(line) <= columns) ?? short, columns);
  }
}
