// The clocks. Within a thread everything is measured by `now`, which never steps, so that no timer, span
// or timeout depends on what is done to the system clock. A job is placed on the calendar by the system
// clock as it is when the job starts: `systemOffset` says how far that is from `now`.

// Taken when the library is loaded: where a test puts a fake clock in its place, that one stands still.
const performanceNow = performance.now.bind(performance);
const SystemDate = Date;

/**
 * A system clock that differs by more than this from where this thread's time has come to, in
 * milliseconds, was set: clocks of one system may be apart a little, and slewing moves both.
 */
const STEP_MS = 100;

/** When this thread began, in epoch milliseconds. */
export const startedAt: number = performance.timeOrigin;

let origin = startedAt;
let offset = 0;

/** Returns the milliseconds with fraction since this thread began. They never go back. */
export function elapsed(): number {
  return performanceNow();
}

/**
 * The time in epoch milliseconds with fraction. It never goes back nor steps, and a worker's agrees with
 * the host's to some hundredths of a millisecond, as both count on from the same system clock.
 */
export function now(): number {
  return origin + performanceNow();
}

/**
 * Returns how far the system clock is ahead of {@linkcode now}, in milliseconds: 0 unless it was set, or
 * the machine slept, since this thread began.
 */
export function systemOffset(): number {
  const before = now();
  const system = SystemDate.now();
  const after = now();
  // The thread may have been interrupted anywhere between.
  if (system < before + offset - STEP_MS || system > after + offset + STEP_MS) {
    offset = Math.abs(system - after) < STEP_MS ? 0 : system - after;
  }
  return offset;
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
