// Taken when the library is loaded: where a test puts a fake clock in its place, that one stands still.
const performanceNow = performance.now.bind(performance);

/** When this thread began, in epoch milliseconds. */
export const startedAt: number = performance.timeOrigin;

let origin = startedAt;

/** Returns the milliseconds with fraction since this thread began. They never go back. */
export function elapsed(): number {
  return performanceNow();
}

/**
 * The time in epoch milliseconds with fraction. It never goes back, and a worker's agrees with the
 * host's to some hundredths of a millisecond, as both count on from the same system clock.
 */
export function now(): number {
  return origin + performanceNow();
}

/**
 * Moves this thread's time to where it does not contradict another's. A thread that was interrupted as
 * it began has read the system clock too early or too late.
 *
 * @param sentAt When this thread asked, by its own time.
 * @param heardAt When the other heard it, by the other's time. That is not before it was sent, nor
 * after its answer has come.
 */
export function agree(sentAt: number, heardAt: number): void {
  const behind = heardAt - now();
  if (behind > 0) origin += behind;
  else if (sentAt > heardAt) origin -= sentAt - heardAt;
}
