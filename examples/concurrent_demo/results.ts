import type { JobState, JobStateJson, Span } from "@millrace/flow";
import { maxConcurrent } from "./concurrency.ts";
import { busyMs, lowerBoundMs } from "./lower_bound.ts";
import type { Options } from "./options.ts";

/** What a run came to, as written by `--json`. Times are epoch milliseconds. */
export interface Results {
  /** What was asked for. */
  readonly configuration: Pick<
    Options,
    "jobs" | "maxWorkers" | "interval" | "strategy" | "invalid"
  >;
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
  /** The greater of `busyMs / maxWorkers` and the longest job's own chain. */
  readonly lowerBoundMs: number;
  /** How many times the lower bound the wall time is; null if nothing was executed. */
  readonly ratio: number | null;
}

/** Adds up what came of the jobs, once all have ended. */
export function resultsOf(options: Options, jobs: readonly JobState[]): Results {
  const { maxWorkers, interval, strategy, invalid } = options;
  const spans = jobs.flatMap((job) => job.spans).sort((a, b) => a.startedAt - b.startedAt);
  return {
    configuration: { jobs: options.jobs, maxWorkers, interval, strategy, invalid },
    spans,
    maxConcurrent: maxConcurrent(spans),
    summary: summaryOf(jobs, maxWorkers),
    jobs: jobs.map((job) => job.toJSON()),
  };
}

function summaryOf(jobs: readonly JobState[], maxWorkers: number): Summary {
  const startedAt = least(jobs.map(({ createdAt }) => createdAt));
  const endedAt = -least(jobs.map((job) => -(job.endedAt ?? job.createdAt)));
  const wallMs = jobs.length === 0 ? 0 : endedAt - startedAt;
  const boundMs = lowerBoundMs(jobs, maxWorkers);
  return {
    jobs: jobs.length,
    completed: jobs.filter(({ status }) => status === "completed").length,
    failed: jobs.filter(({ status }) => status === "failed").length,
    wallMs,
    busyMs: jobs.reduce((sum, job) => sum + busyMs(job), 0),
    lowerBoundMs: boundMs,
    ratio: boundMs > 0 ? wallMs / boundMs : null,
  };
}

function least(numbers: readonly number[]): number {
  return numbers.reduce((least, number) => Math.min(least, number), Infinity);
}
