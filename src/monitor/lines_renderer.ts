import type { JobRow, RunSnapshot } from "../run/run_snapshot.ts";
import { waitTotals } from "../run/wait_text.ts";
import { excerpt } from "../terminal/clip.ts";
import type { Output } from "../terminal/output.ts";
import type { Palette } from "../terminal/palette.ts";
import { plural } from "../terminal/plural.ts";
import type { Renderer } from "./renderer.ts";
import { errorText, summaryLine } from "./summary_line.ts";

/** The maximum number of failed jobs for which one update prints a line. */
const MAX_FAILURES = 5;

/** The width at which the ids and messages of failed jobs are cut. */
const MAX_ID = 60, MAX_MESSAGE = 200;

/** Prints a line at each interval in which something has changed, and one for each job that has failed. */
export class LinesRenderer implements Renderer {
  readonly interval = 2000;
  readonly #output: Output;
  readonly #paint: Palette;
  #printed = "";
  #failed = 0;

  /**
   * @param output The stream to write to.
   * @param paint The colours.
   */
  constructor(output: Output, paint: Palette) {
    this.#output = output;
    this.#paint = paint;
  }

  frame(snapshot: RunSnapshot): void {
    if (!this.#output.isFree) return;
    const lines = this.#lines(snapshot);
    if (lines.length > 0) this.#output.offer(textOf(lines));
  }

  end(snapshot: RunSnapshot): void {
    const lines = this.#lines(snapshot);
    if (lines.length > 0) this.#output.finish(textOf(lines));
  }

  /** Returns the lines that differ from those before; none if only times do. */
  #lines(snapshot: RunSnapshot): string[] {
    if (snapshot.since === undefined) return [];
    const { status, jobs, totals } = snapshot;
    const numbers = JSON.stringify([status, jobs, totals, waitTotals(snapshot)]);
    if (numbers === this.#printed) return [];
    this.#printed = numbers;
    return [...this.#failures(snapshot), summaryLine(snapshot, this.#paint)];
  }

  #failures({ jobs, failedJobs }: RunSnapshot): string[] {
    const fresh = Math.max(0, jobs.failed - this.#failed);
    this.#failed = jobs.failed;
    const shown = failedJobs.slice(0, Math.min(fresh, MAX_FAILURES)).reverse();
    const lines = shown.map((job) => this.#failure(job));
    const others = fresh - shown.length;
    if (others > 0) lines.unshift(this.#paint.red(`${plural(others, "other job")} failed`));
    return lines;
  }

  #failure(job: JobRow): string {
    const text = `${this.#paint.red("failed")} ${excerpt(job.jobId, MAX_ID)}`;
    return job.error === undefined ? text : `${text}: ${errorText(job.error, MAX_MESSAGE)}`;
  }
}

function textOf(lines: readonly string[]): string {
  return lines.map((line) => `${line}\n`).join("");
}
