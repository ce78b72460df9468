import { bold, dim } from "@std/fmt/colors";
import type { JobState } from "@millrace/flow";
import { ofWorker, status } from "./palette.ts";
import { printable } from "./printable.ts";
import { pad, plural, seconds } from "./text.ts";

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
      `${dim(name)} ${pad(text, width, true)}`
    );
    return this.#row(job.jobId, status(job.status), executing(job), numbers);
  }

  /**
   * Shows a table of the jobs for which there is room, executing jobs first, then waiting and ended
   * ones, and one line for the jobs that do not fit.
   */
  block(jobs: readonly Watched[], rows: number, now: number): string[] {
    const room = Math.max(0, rows - 1);
    const shown = jobs.length <= room ? jobs : choose(jobs, Math.max(0, room - 1));
    const lines = shown.map((job) => {
      const numbers = numbersOf(job, now).map(([{ width }, text]) => pad(text, width, true));
      return this.#row(job.jobId, status(job.status), executing(job), numbers);
    });
    const head = [DONE, HISTORY, LOG, ELAPSED].map(({ name, width }) => pad(name, width, true));
    lines.unshift(dim(this.#row("job", "status", "executing", head)));
    if (shown.length < jobs.length) {
      const left = jobs.filter((job) => !shown.includes(job));
      lines.push(dim(`and ${plural(left.length, "more job")}: ${tally(left)}`));
    }
    return lines.slice(0, rows);
  }

  /** Shows all jobs in one line. */
  total(jobs: readonly Watched[], elapsed: number): string {
    const sum = (of: (job: Watched) => number) => jobs.reduce((sum, job) => sum + of(job), 0);
    const executing = sum(({ counts }) => counts.executing);
    const completed = sum(({ counts }) => counts.completed);
    const known = sum(({ counts }) => counts.known);
    return `${bold(seconds(elapsed))}  ${plural(jobs.length, "job")}: ${tally(jobs)}; ` +
      `${executing} executing, ${completed} of ${known} done`;
  }

  #row(jobId: string, status: string, executing: string, numbers: readonly string[]): string {
    return [
      pad(printable(jobId), this.#idWidth),
      pad(status, "completed".length),
      pad(executing, this.#executingWidth),
      ...numbers,
    ].join("  ");
  }
}

/** Counts the jobs by status, as `1 completed, 3 running`. */
function tally(jobs: readonly Pick<JobState, "status">[]): string {
  return STATUSES.flatMap((status) => {
    const count = jobs.filter((job) => job.status === status).length;
    return count === 0 ? [] : [`${count} ${status}`];
  }).join(", ");
}

const STATUSES = ["completed", "failed", "cancelled", "paused", "pending", "running"] as const;

/** Selects the jobs to show, in their order. Executing jobs are preferred, then waiting ones. */
function choose(jobs: readonly Watched[], count: number): readonly Watched[] {
  const kinds: Record<"executing" | "waiting" | "ended", Watched[]> = {
    executing: [],
    waiting: [],
    ended: [],
  };
  for (const job of jobs) {
    if (job.endedAt !== undefined) kinds.ended.push(job);
    else kinds[job.counts.executing > 0 ? "executing" : "waiting"].push(job);
  }
  const chosen = [...kinds.executing, ...kinds.waiting, ...kinds.ended].slice(0, count);
  return jobs.filter((job) => chosen.includes(job));
}

/** Describes the executing activations of a job. */
function executing({ executing, endedAt }: Watched): string {
  const [first] = executing;
  if (first === undefined) return dim(endedAt === undefined ? WAITING : "–");
  const others = executing.length > 1 ? ` +${executing.length - 1}` : "";
  const worker = ofWorker(first.workerId)(printable(first.workerId));
  return `${printable(first.routineId)}${others} on ${worker}`;
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

function longest(texts: readonly string[]): number {
  return texts.reduce((most, { length }) => Math.max(most, length), 0);
}
