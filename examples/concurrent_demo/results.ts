import type { JobState, JobStateJson, Span } from "@millrace/flow";
import { maxConcurrent } from "./concurrency.ts";
import { busyMs, lowerBoundMs } from "./lower_bound.ts";
import { limitOf, type Options } from "./options.ts";
import type { Drawn } from "./timeline.ts";

/** The results of a run, as written by `--json`. Times are epoch milliseconds. */
export interface Results {
  /** The options of the run. */
  readonly configuration:
    & Pick<Options, "jobs" | "maxWorkers" | "interval" | "strategy" | "invalid">
    & Partial<Pick<Options, "chaos" | "seed" | "store">>;
  /** All executions, sorted by start. */
  readonly spans: readonly Span[];
  /** The maximum number of concurrent executions. */
  readonly maxConcurrent: number;
  /** The summary of the run. */
  readonly summary: Summary;
  /** The jobs, in the order of their start. */
  readonly jobs: readonly JobStateJson[];
}

/** The figures of a run. */
export interface Summary {
  /** The number of jobs. */
  readonly jobs: number;
  /** The number of jobs that completed. */
  readonly completed: number;
  /** The number of jobs that failed. */
  readonly failed: number;
  /** The time from the start of the first job to the end of the last, in milliseconds. */
  readonly wallMs: number;
  /** The total duration of all executions, in milliseconds. */
  readonly busyMs: number;
  /**
   * The greater of `busyMs / maxWorkers` and the longest chain of one job. A sequential flow counts
   * as having one worker.
   */
  readonly lowerBoundMs: number;
  /** The ratio of the wall time to the lower bound; `null` if nothing was executed. */
  readonly ratio: number | null;
}

/**
 * Collects the results of jobs.
 *
 * @param options The options of the run. Of chaos and store, only those in use are included.
 * @param jobs The jobs.
 * @param since The start of the run, if an earlier run started the jobs. The summary covers only
 * this run.
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

/** Returns the executions of a job that started at or after a moment. */
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

/** Returns the time at which a job ended, or that of its last record. */
function lastMoment({ endedAt, executionHistory, createdAt }: JobState): number {
  return endedAt ?? executionHistory.at(-1)?.timestamp ?? createdAt;
}

function least(numbers: readonly number[]): number {
  return numbers.reduce((least, number) => Math.min(least, number), Infinity);
}
