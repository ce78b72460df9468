/** When something was executed, in epoch milliseconds. */
export interface Interval {
  /** Its start. */
  readonly startedAt: number;
  /** Its end. */
  readonly endedAt: number;
}

/** From this moment on, until the next step, so many were executing. */
export interface Step {
  /** The moment, in epoch milliseconds. */
  readonly at: number;
  /** How many. */
  readonly count: number;
}

// Who ends at the moment that another starts has made room for it, unless it took no time at all.
const END = 0, START = 1, END_OF_NOTHING = 2;

/** How many were executing, from moment to moment. */
export function steps(spans: readonly Interval[]): Step[] {
  const edges = spans.flatMap(({ startedAt, endedAt }) => [
    { at: startedAt, order: START, change: 1 },
    { at: endedAt, order: endedAt > startedAt ? END : END_OF_NOTHING, change: -1 },
  ]).sort((a, b) => a.at - b.at || a.order - b.order);
  let count = 0;
  return edges.map(({ at, change }) => ({ at, count: count += change }));
}

/** The greatest number that were executing at once. */
export function maxConcurrent(spans: readonly Interval[]): number {
  return steps(spans).reduce((most, { count }) => Math.max(most, count), 0);
}
