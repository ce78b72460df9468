import type { Interval } from "../terminal/chart.ts";

/** Returns the maximum number of concurrent executions. */
export function maxConcurrent(spans: readonly Interval[]): number {
  return mostAtOnce(
    spans.map(({ startedAt }) => startedAt),
    spans.map(({ endedAt }) => endedAt),
  );
}

/**
 * Returns the maximum number of intervals that contain the same moment. An interval that ends at the moment at which
 * another starts does not overlap it, unless it took no time.
 *
 * @param starts The starts of the intervals.
 * @param ends Their ends, in the same order.
 */
export function mostAtOnce(starts: readonly number[], ends: readonly number[]): number {
  const isEmpty = (end: number, i: number) => end <= (starts[i] ?? end);
  const begun = Float64Array.from(starts).sort();
  const long = Float64Array.from(ends.filter((end, i) => !isEmpty(end, i))).sort();
  const short = Float64Array.from(ends.filter(isEmpty)).sort();
  let [longEnded, shortEnded, most] = [0, 0, 0];
  for (let i = 0; i < begun.length; i++) {
    const at = begun[i] ?? 0;
    while (longEnded < long.length && (long[longEnded] ?? 0) <= at) longEnded++;
    while (shortEnded < short.length && (short[shortEnded] ?? 0) < at) shortEnded++;
    most = Math.max(most, i + 1 - longEnded - shortEnded);
  }
  return most;
}
