/**
 * Returns the time in epoch milliseconds with fraction, on the time line of Millrace's timestamps.
 */
export function now(): number {
  return performance.timeOrigin + performance.now();
}
