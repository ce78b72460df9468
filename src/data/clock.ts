// The clocks. Within a thread, all times are measured by `now`, which never steps, so that no timer, span or
// timeout depends on changes to the system clock. A job gets its date from the system clock when it starts;
// `systemOffset` returns the difference between that clock and `now`.

// Captured when the library is loaded, as a test may replace them by fake clocks that stand still.
const performanceNow = performance.now.bind(performance);
const SystemDate = Date;

/**
 * The difference between the system clock and this thread's clock from which on the system clock is
 * considered set, in milliseconds. Smaller differences occur between the clocks of one system, and slewing
 * affects both.
 */
const STEP_MS = 100;

/** The time at which this thread began, in epoch milliseconds. */
export const startedAt: number = performance.timeOrigin;

let origin = startedAt;
let offset = 0;

/** Returns the time since this thread began, in milliseconds with fraction. It never decreases. */
export function elapsed(): number {
  return performanceNow();
}

/**
 * Returns the time in epoch milliseconds with fraction. It never decreases or steps. The times of a worker
 * and its host agree to some hundredths of a millisecond, as both started from the same system clock.
 */
export function now(): number {
  return origin + performanceNow();
}

/**
 * Returns the time by which the system clock is ahead of {@linkcode now}, in milliseconds. It is 0 unless the
 * clock was set, or the machine slept, since this thread began.
 */
export function systemOffset(): number {
  const before = now();
  const system = SystemDate.now();
  const after = now();
  // The thread may have been interrupted between any two of these calls.
  if (system < before + offset - STEP_MS || system > after + offset + STEP_MS) {
    offset = Math.abs(system - after) < STEP_MS ? 0 : system - after;
  }
  return offset;
}

/** Returns the time by the system clock, in epoch milliseconds with fraction. */
export function systemTime(): number {
  return now() + systemOffset();
}

/**
 * Adjusts this thread's time so that it does not contradict another thread's. A thread that was interrupted
 * when it began has read the system clock too early or too late.
 *
 * @param sentAt The time at which this thread sent a message, by its own clock.
 * @param heardAt The time at which the other thread received it, by the other clock. It lies between the
 * sending of the message and the arrival of the answer.
 */
export function agree(sentAt: number, heardAt: number): void {
  const behind = heardAt - now();
  if (behind > 0) origin += behind;
  else if (sentAt > heardAt) origin -= sentAt - heardAt;
}
