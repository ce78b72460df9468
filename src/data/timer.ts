// The platform's timers as they were when the library was loaded: where a test puts fake ones in
// their place, those stand still, and the library goes on. Nothing else in `src` sets a timer.

const { setTimeout, clearTimeout } = globalThis;
const { unrefTimer: unref } = Deno;

/** The return value of `setTimeout`. */
export type TimerId = ReturnType<typeof setTimeout>;

/** The greatest delay that a timer takes, in milliseconds. */
export const MAX_DELAY = 2 ** 31 - 1;

/**
 * Calls back after a delay, or never where it is longer than a timer takes (24.8 days).
 *
 * @returns The timer, or `undefined` if there is none.
 */
export function after(delay: number, callback: () => void): TimerId | undefined {
  return delay <= MAX_DELAY ? setTimeout(callback, delay) : undefined;
}

/** Clears a timer, if there is one, so that it does not call back. */
export function clearTimer(timer: TimerId | undefined): void {
  clearTimeout(timer);
}

/** Lets the program end before a timer, if there is one, has called back. */
export function unrefTimer(timer: TimerId | undefined): void {
  if (timer !== undefined) unref(timer);
}
