// Part 2 of the demo: the status of the jobs while they run. The package's monitor calls the renderer; on a terminal, its
// block shows the jobs in place, and otherwise each update prints a line per job.

import { bold, dim, green, red, yellow } from "@std/fmt/colors";
import type { JobState } from "@millrace/flow";
import { blockRenderer, type Renderer } from "@millrace/flow/monitor";
import { printable } from "@millrace/flow/report";

/** The properties of a running job that are shown. */
export type Watched = Pick<
  JobState,
  "jobId" | "status" | "executing" | "counts" | "executionHistory" | "startedAt" | "endedAt"
>;

/** The name of a column, and its minimum width, so that it does not change as numbers grow. */
const DONE = { name: "done", width: "10 of 10".length };
const HISTORY = { name: "history", width: "history".length };
const LOG = { name: "log", width: "log".length };
const ELAPSED = { name: "elapsed", width: "elapsed".length };

const WAITING = "waits for a worker";

/**
 * Returns the renderer of the jobs.
 *
 * @param jobs The jobs, in the order of their rows.
 * @param routineIds The routines that they execute.
 * @param interval The interval between two updates, in milliseconds.
 */
export function progressRenderer(
  jobs: readonly JobState[],
  routineIds: readonly string[],
  interval: number,
): Renderer {
  const view = new StatusView(jobs.map(({ jobId }) => jobId), routineIds);
  const startedAt = now();
  if (Deno.stdout.isTerminal()) {
    const block = blockRenderer((_, { rows }) => {
      const at = now();
      const lines = [...view.block(jobs, rows - 1, at), view.total(jobs, at - startedAt)];
      return lines.map((line) => `  ${line}`);
    });
    return block;
  }
  const print = () => {
    const at = now();
    for (const job of jobs) console.log(`  ${seconds(at - startedAt)}  ${view.line(job, at)}`);
  };
  return { interval, frame: print, end: print };
}

/** Returns the time in epoch milliseconds with fraction, on the time line of Millrace's timestamps. */
export function now(): number {
  return performance.timeOrigin + performance.now();
}

/** Shows the status of jobs, in columns whose widths do not change between updates. */
export class StatusView {
  readonly #idWidth: number;
  readonly #executingWidth: number;

  /**
   * @param jobIds The jobs that will be shown.
   * @param routineIds The routines that they will execute.
   */
  constructor(jobIds: readonly string[], routineIds: readonly string[]) {
    this.#idWidth = longest(jobIds.map(printable));
    const executing = routineIds.map((id) => `${printable(id)} on w99`);
    this.#executingWidth = longest([...executing, WAITING]);
  }

  /** Shows a job in one line, with a label for each number. */
  line(job: Watched, now: number): string {
    const numbers = numbersOf(job, now).map(([{ name, width }, text]) =>
      `${dim(name)} ${text.padStart(width)}`
    );
    return this.#row(job, numbers);
  }

  /**
   * Shows a table of the jobs for which there is room, executing jobs first, then waiting and ended
   * ones, and one line for the jobs that do not fit.
   */
  block(jobs: readonly Watched[], rows: number, now: number): string[] {
    const room = Math.max(0, rows - 1);
    const shown = jobs.length <= room ? jobs : choose(jobs, Math.max(0, room - 1));
    const lines = shown.map((job) =>
      this.#row(job, numbersOf(job, now).map(([{ width }, text]) => text.padStart(width)))
    );
    const head = [DONE, HISTORY, LOG, ELAPSED].map(({ name, width }) => name.padStart(width));
    const names = ["job".padEnd(this.#idWidth), "status".padEnd(STATUS_WIDTH)];
    lines.unshift(dim([...names, "executing".padEnd(this.#executingWidth), ...head].join("  ")));
    if (shown.length < jobs.length) {
      const left = jobs.filter((job) => !shown.includes(job));
      lines.push(dim(`and ${jobCount(left.length, "more job")}: ${tally(left)}`));
    }
    return lines.slice(0, rows);
  }

  /** Shows all jobs in one line. */
  total(jobs: readonly Watched[], elapsed: number): string {
    const sum = (of: (job: Watched) => number) => jobs.reduce((sum, job) => sum + of(job), 0);
    const executing = sum(({ counts }) => counts.executing);
    const completed = sum(({ counts }) => counts.completed);
    const known = sum(({ counts }) => counts.known);
    return `${bold(seconds(elapsed))}  ${jobCount(jobs.length, "job")}: ${tally(jobs)}; ` +
      `${executing} executing, ${completed} of ${known} done`;
  }

  #row(job: Watched, numbers: readonly string[]): string {
    const { status } = job;
    const executing = executingOf(job).padEnd(this.#executingWidth);
    return [
      printable(job.jobId).padEnd(this.#idWidth),
      (COLORS[status] ?? String)(status.padEnd(STATUS_WIDTH)),
      job.executing.length === 0 ? dim(executing) : executing,
      ...numbers,
    ].join("  ");
  }
}

const STATUS_WIDTH = "completed".length;

/** The colours of statuses. */
const COLORS: Partial<Record<Watched["status"], (text: string) => string>> = {
  completed: green,
  failed: red,
  cancelled: yellow,
};

const STATUSES = ["completed", "failed", "cancelled", "paused", "pending", "running"] as const;

/** Counts the jobs by status, as `1 completed, 3 running`. */
function tally(jobs: readonly Pick<JobState, "status">[]): string {
  return STATUSES.flatMap((status) => {
    const count = jobs.filter((job) => job.status === status).length;
    return count === 0 ? [] : [`${count} ${status}`];
  }).join(", ");
}

/** Selects the jobs to show, in their order. Executing jobs are preferred, then waiting ones. */
function choose(jobs: readonly Watched[], count: number): readonly Watched[] {
  const rank = ({ endedAt, counts }: Watched) =>
    endedAt !== undefined ? 2 : counts.executing > 0 ? 0 : 1;
  const chosen = new Set(jobs.toSorted((a, b) => rank(a) - rank(b)).slice(0, count));
  return jobs.filter((job) => chosen.has(job));
}

/** Describes the executing activations of a job. */
function executingOf({ executing: [first, ...others], endedAt }: Watched): string {
  if (first === undefined) return endedAt === undefined ? WAITING : "–";
  const more = others.length > 0 ? ` +${others.length}` : "";
  return `${printable(first.routineId)}${more} on ${printable(first.workerId)}`;
}

function numbersOf(job: Watched, now: number) {
  const { counts, executionHistory, startedAt = now, endedAt = now } = job;
  return [
    [DONE, `${counts.completed} of ${counts.known}`],
    [HISTORY, String(executionHistory.length)],
    [LOG, String(counts.logEntries)],
    [ELAPSED, seconds(endedAt - startedAt)],
  ] as const;
}

function jobCount(count: number, thing: string): string {
  return `${count} ${thing}${count === 1 ? "" : "s"}`;
}

function seconds(duration: number): string {
  return `${(duration / 1000).toFixed(1)} s`;
}

function longest(texts: readonly string[]): number {
  return texts.reduce((most, { length }) => Math.max(most, length), 0);
}
