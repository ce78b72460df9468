import type { JobState, JobStateJson, Span } from "@millrace/flow";
import { maxConcurrent } from "./concurrency.ts";
import { busyMs, lowerBoundMs } from "./lower_bound.ts";
import { limitOf, type Options } from "./options.ts";
import type { Drawn } from "./timeline.ts";

/** What a run came to, as written by `--json`. Times are epoch milliseconds. */
export interface Results {
  /** What was asked for. */
  readonly configuration:
    & Pick<Options, "jobs" | "maxWorkers" | "interval" | "strategy" | "invalid">
    & Partial<Pick<Options, "chaos" | "seed" | "store">>;
  /** Every execution, by its start. */
  readonly spans: readonly Span[];
  /** The greatest number that were executing at once. */
  readonly maxConcurrent: number;
  /** How the run went. */
  readonly summary: Summary;
  /** The jobs, in the order of their start. */
  readonly jobs: readonly JobStateJson[];
}

/** How a run went, in numbers. */
export interface Summary {
  /** How many jobs there were. */
  readonly jobs: number;
  /** Those that completed. */
  readonly completed: number;
  /** Those that failed. */
  readonly failed: number;
  /** From the start of the first job to the end of the last. */
  readonly wallMs: number;
  /** All executions together. */
  readonly busyMs: number;
  /**
   * The greater of `busyMs / maxWorkers` and the longest job's own chain; a sequential flow uses one
   * worker, however many there may be.
   */
  readonly lowerBoundMs: number;
  /** How many times the lower bound the wall time is; null if nothing was executed. */
  readonly ratio: number | null;
}

/**
 * Adds up what came of the jobs.
 *
 * @param options What was asked for; what is told of it beyond the usual are only the options given.
 * @param jobs The jobs.
 * @param since When the run began, if an earlier one began the jobs: the summary is of this run.
 */
export function resultsOf(options: Options, jobs: readonly JobState[], since?: number): Results {
  const { maxWorkers, interval, strategy, invalid, chaos, seed, store } = options;
  const extra = { ...chaos > 0 && { chaos, seed }, ...store !== undefined && { store } };
  const spans = jobs.flatMap((job) => job.spans).sort((a, b) => a.startedAt - b.startedAt);
  return {
    configuration: { jobs: jobs.length, maxWorkers, interval, strategy, invalid, ...extra },
    spans,
    maxConcurrent: maxConcurrent(spans),
    summary: summaryOf(jobs, limitOf(options), since),
    jobs: jobs.map((job) => job.toJSON()),
  };
}

/** What a job has executed since a moment. */
export function sinceThen(job: JobState, since: number): Drawn {
  const { jobId, executionHistory } = job;
  return { jobId, executionHistory, spans: job.spans.filter((span) => span.startedAt >= since) };
}

function summaryOf(jobs: readonly JobState[], limit: number, since = 0): Summary {
  const executed = jobs.map((job) => sinceThen(job, since));
  const startedAt = Math.max(since, least(jobs.map(({ createdAt }) => createdAt)));
  const endedAt = -least(jobs.map((job) => -lastMoment(job)));
  const wallMs = jobs.length === 0 ? 0 : Math.max(0, endedAt - startedAt);
  const boundMs = lowerBoundMs(executed, limit);
  return {
    jobs: jobs.length,
    completed: jobs.filter(({ status }) => status === "completed").length,
    failed: jobs.filter(({ status }) => status === "failed").length,
    wallMs,
    busyMs: executed.reduce((sum, job) => sum + busyMs(job), 0),
    lowerBoundMs: boundMs,
    ratio: boundMs > 0 ? wallMs / boundMs : null,
  };
}

/** When a job ended, or when something happened to it last. */
function lastMoment({ endedAt, executionHistory, createdAt }: JobState): number {
  return endedAt ?? executionHistory.at(-1)?.timestamp ?? createdAt;
}

function least(numbers: readonly number[]): number {
  return numbers.reduce((least, number) => Math.min(least, number), Infinity);
}
