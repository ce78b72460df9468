import { green, red } from "@std/fmt/colors";
import type { JobState } from "@millrace/flow";
import { barRows } from "./bar_rows.ts";
import { type Interval, maxConcurrent } from "./concurrency.ts";
import { jobRows } from "./job_rows.ts";
import { plural } from "./text.ts";

/** What a timeline is drawn from. */
export type Drawn = Pick<JobState, "jobId" | "spans" | "executionHistory">;

/** How to draw a timeline. */
export interface TimelineOptions {
  /** When the run began: the left edge. */
  readonly start: number;
  /** How many activations may execute at once. */
  readonly limit: number;
  /** How wide the lines may be. */
  readonly columns: number;
}

/** More bars than this get no line of their own: a job's bars then share one. */
const MAX_LINES = 40;

/**
 * Draws what each job executed, when, and on which worker: a bar per activation, from its real start
 * to its real end, and below them how many executed at once at most, against the limit.
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
