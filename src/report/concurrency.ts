import type { Interval } from "../terminal/chart.ts";

/** The number of executions from a moment until the next step. */
export interface Step {
  /** The moment, in epoch milliseconds. */
  readonly at: number;
  /** The number of executions. */
  readonly count: number;
}

// An execution that ends at the moment at which another starts does not overlap it, unless it took
// no time.
const END = 0, START = 1, END_OF_NOTHING = 2;

/** Returns the number of concurrent executions over time. */
export function steps(spans: readonly Interval[]): Step[] {
  const edges = spans.flatMap(({ startedAt, endedAt }) => [
    { at: startedAt, order: START, change: 1 },
    { at: endedAt, order: endedAt > startedAt ? END : END_OF_NOTHING, change: -1 },
  ]).sort((a, b) => a.at - b.at || a.order - b.order);
  let count = 0;
  return edges.map(({ at, change }) => ({ at, count: count += change }));
}

/** Returns the maximum number of concurrent executions. */
export function maxConcurrent(spans: readonly Interval[]): number {
  return steps(spans).reduce((most, { count }) => Math.max(most, count), 0);
}
