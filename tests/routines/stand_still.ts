const NOBODY = new Int32Array(new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT));

/**
 * Holds the thread, which neither yields nor uses the core that other tests need.
 *
 * @param ms For how long, in milliseconds.
 */
export function standStill(ms = 1): void {
  Atomics.wait(NOBODY, 0, 0, ms);
}
