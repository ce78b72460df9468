const origin = performance.timeOrigin;

/**
 * The time in epoch milliseconds with fraction. It never goes back, and a worker's agrees with the
 * host's to some hundredths of a millisecond, as both count on from the same system clock.
 */
export function now(): number {
  return origin + performance.now();
}
