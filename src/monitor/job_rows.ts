// The table of the live block with single jobs: what each does now, with its progress, or why it failed.

import type { JobRow, RunSnapshot } from "../run/run_snapshot.ts";
import { waitsText } from "../run/wait_text.ts";
import { bar } from "../terminal/bar.ts";
import { excerpt } from "../terminal/clip.ts";
import { count } from "../terminal/count.ts";
import { stopwatch, timeLeft } from "../terminal/duration.ts";
import type { Palette } from "../terminal/palette.ts";
import { SteadyTable } from "../terminal/steady_table.ts";
import { errorText } from "./summary_line.ts";

/** The widths at which ids are cut in any window. */
const MAX_JOB = 40, MAX_ROUTINE = 30;

/** The width of the bar of progress. */
const BAR_CELLS = 10;

/** The table of the jobs that matter: those that run the longest, and those that failed last. */
export class JobRows {
  readonly #paint: Palette;
  readonly #table = new SteadyTable([
    { title: "job", least: 12 },
    { title: "status" },
    { title: "time", toRight: true, leftOut: 3 },
    { title: "done", toRight: true, leftOut: 1 },
    { title: "at", least: 9, leftOut: 2 },
    { title: "", takesRest: true },
  ]);

  /** @param paint The colours. */
  constructor(paint: Palette) {
    this.#paint = paint;
  }

  /** Draws the table in a number of lines. */
  lines({ longestJobs, failedJobs, at }: RunSnapshot, columns: number, rows: number): string[] {
    const room = rows - 1;
    if (room < 1) return [];
    // A third is for failed jobs, if there are as many, and what the others leave.
    const least = Math.min(failedJobs.length, Math.max(1, Math.floor(room / 3)));
    const running = longestJobs.slice(0, room === 1 ? room : room - least);
    const failed = failedJobs.slice(0, room - running.length);
    const shown = [...running, ...failed].map((job) => this.#row(job, at, columns));
    return shown.length === 0 ? [] : this.#table.draw(shown, columns, this.#paint);
  }

  #row(job: JobRow, at: number, columns: number): string[] {
    const { jobId, status, createdAt, startedAt = createdAt, endedAt = at } = job;
    const open = job.queued + job.held + job.executing + job.waiting;
    const ended = job.completed + job.failed + job.skipped + job.cancelled;
    return [
      excerpt(jobId, MAX_JOB),
      this.#paint.status(status),
      stopwatch(endedAt - startedAt),
      `${count(ended)}/${count(ended + open)}`,
      this.#place(job),
      this.#detail(job, at, columns),
    ];
  }

  /** The routine that executes or failed, or what the job waits for. */
  #place({ status, executingRoutines, error, waiting }: JobRow): string {
    if (status === "failed") return excerpt(error?.routineId ?? "", MAX_ROUTINE);
    const [first] = executingRoutines;
    if (first === undefined) return this.#paint.dim(waiting > 0 ? "a signal" : "queue");
    const others = executingRoutines.length - 1;
    return excerpt(first, MAX_ROUTINE) + (others > 0 ? ` +${others}` : "");
  }

  /** The progress, or what it waits for, or else the error. */
  #detail({ status, progress, error, waits = [] }: JobRow, at: number, columns: number): string {
    if (status !== "failed" && progress !== undefined) {
      const text = excerpt(progress.text, columns);
      if (progress.fraction === undefined) return text;
      const percent = `${Math.floor(progress.fraction * 100)}%`.padStart(4);
      return `${bar(progress.fraction, BAR_CELLS, this.#paint)} ${percent}  ${
        this.#paint.dim(text)
      }`;
    }
    // A delay after an error is that of a retry.
    const news = waits.filter(({ reason }) => error === undefined || reason !== "time");
    const waited = waitsText(news, timeLeft(at));
    if (waited !== "") return this.#paint.dim(excerpt(waited, columns));
    if (error === undefined) return "";
    const text = errorText({ ...error, routineId: undefined }, columns);
    return status === "failed" ? this.#paint.red(text) : this.#paint.dim(`retry after ${text}`);
  }
}
