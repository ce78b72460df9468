// Tests and handlers wait for each other by counters that all threads share, never by the clock.

/** The part of a payload by which a test and the handlers of its jobs wait for each other. */
export interface Latched {
  readonly latches: SharedArrayBuffer;
}

/** Counts the handlers that have begun. */
export const ARRIVED = 0;
/** Counts the handlers that may go on. */
export const RELEASED = 1;
/** Counts the handlers between their begin and their end. */
export const RUNNING = 2;
/** The greatest `RUNNING` so far. */
export const PEAK = 3;
/** Counts the handlers that have seen `ctx.signal` abort. */
export const ABORTED = 4;

/**
 * A wait that takes longer than this is a failure, so that no test hangs. The first worker of a
 * machine with nothing cached, and busy with other tests, takes its time.
 */
export const HANGS = 30_000;

/** Counters that start at zero. */
export function newLatches(): SharedArrayBuffer {
  return new SharedArrayBuffer(8 * Int32Array.BYTES_PER_ELEMENT);
}

/** Returns the value of a counter. */
export function countOf(latches: SharedArrayBuffer, latch: number): number {
  return Atomics.load(new Int32Array(latches), latch);
}

/** Adds to a counter and wakes the threads that wait for it; returns its new value. */
export function arrive(latches: SharedArrayBuffer, latch: number, by = 1): number {
  const counters = new Int32Array(latches);
  const count = Atomics.add(counters, latch, by) + by;
  Atomics.notify(counters, latch);
  return count;
}

/** Raises a counter to a value, unless it stands there or higher. */
export function raise(latches: SharedArrayBuffer, latch: number, value: number): void {
  const counters = new Int32Array(latches);
  for (let seen = Atomics.load(counters, latch); seen < value;) {
    const before = Atomics.compareExchange(counters, latch, seen, value);
    if (before === seen) break;
    seen = before;
  }
  Atomics.notify(counters, latch);
}

/** Waits until a counter stands at a value or higher, while this thread goes on. */
export async function reached(
  latches: SharedArrayBuffer,
  latch: number,
  value = 1,
): Promise<void> {
  const counters = new Int32Array(latches);
  for (let seen = Atomics.load(counters, latch); seen < value;) {
    const changed = Atomics.waitAsync(counters, latch, seen, HANGS);
    if (await changed.value === "timed-out") {
      throw new Error(`latch ${latch} stands at ${seen} and never came to ${value}`);
    }
    seen = Atomics.load(counters, latch);
  }
}
