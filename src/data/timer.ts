// The platform's timers, captured when the library is loaded, so that the library is not affected by a test
// that replaces them. No other code in `src` sets a timer.

const { setTimeout, clearTimeout } = globalThis;
const { unrefTimer: unref } = Deno;

/** The return value of `setTimeout`. */
export type TimerId = ReturnType<typeof setTimeout>;

/** The maximum delay of a timer, in milliseconds. */
export const MAX_DELAY = 2 ** 31 - 1;

/**
 * Calls a function after a delay; never if the delay exceeds the maximum of 24.8 days.
 *
 * @returns The timer; `undefined` if none was set.
 */
export function after(delay: number, callback: () => void): TimerId | undefined {
  return delay <= MAX_DELAY ? setTimeout(callback, delay) : undefined;
}

/** Clears a timer, if there is one. */
export function clearTimer(timer: TimerId | undefined): void {
  clearTimeout(timer);
}

/** Allows the program to end before a timer, if there is one, has fired. */
export function unrefTimer(timer: TimerId | undefined): void {
  if (timer !== undefined) unref(timer);
}
