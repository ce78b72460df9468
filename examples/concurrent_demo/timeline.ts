import { green, red } from "@std/fmt/colors";
import type { JobState } from "@millrace/flow";
import { barRows } from "./bar_rows.ts";
import { type Interval, maxConcurrent } from "./concurrency.ts";
import { jobRows } from "./job_rows.ts";
import { plural } from "./text.ts";

/** The data of a timeline. */
export type Drawn = Pick<JobState, "jobId" | "spans" | "executionHistory">;

/** Options of a timeline. */
export interface TimelineOptions {
  /** The start of the run, which is the left edge. */
  readonly start: number;
  /** The maximum number of activations that execute at once. */
  readonly limit: number;
  /** The maximum width of the lines. */
  readonly columns: number;
}

/**
 * The maximum number of bars with lines of their own. Beyond that, the bars of a job share a line.
 */
const MAX_LINES = 40;

/**
 * Draws the executions of each job: a bar per activation, from its measured start to its measured
 * end, with its worker, and below them the maximum number of concurrent executions and the limit.
 */
export function timeline(
  jobs: readonly Drawn[],
  { start, limit, columns }: TimelineOptions,
): string[] {
  const spans = jobs.flatMap(({ spans }) => spans);
  if (spans.length === 0) return ["Nothing was executed."];
  const end = spans.reduce((end, { endedAt }) => Math.max(end, endedAt), start);
  const draw = spans.length > MAX_LINES ? jobRows : barRows;
  return [
    ...draw(jobs, { startedAt: start, endedAt: end }, columns),
    "",
    verdict(spans, limit),
  ];
}

function verdict(spans: readonly Interval[], limit: number): string {
  const most = maxConcurrent(spans);
  const told = `${plural(spans.length, "bar")}, at most ${most} at once; the limit is ${limit}.`;
  return most <= limit ? green(told) : red(`${told} That is too many.`);
}
