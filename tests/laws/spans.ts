/** The greatest difference of the clocks of two threads, in milliseconds. */
export const SKEW = 0.1;

/** The greatest number of spans that overlap by more than the skew of two clocks. */
export function greatestOverlap(
  spans: readonly { readonly startedAt: number; readonly endedAt: number }[],
  skew = SKEW,
): number {
  const edges = spans.flatMap(({ startedAt, endedAt }) => [
    { at: startedAt, change: 1 },
    { at: Math.max(startedAt, endedAt - skew), change: -1 },
  ]);
  // At the same time, ends come first: to follow is not to overlap.
  edges.sort((a, b) => a.at - b.at || a.change - b.change);
  let inside = 0;
  let greatest = 0;
  for (const { change } of edges) greatest = Math.max(greatest, inside += change);
  return greatest;
}
