/** What `setTimeout` returns. */
export type Timer = ReturnType<typeof setTimeout>;

/** The greatest delay that a timer takes, in milliseconds. */
export const MAX_DELAY = 2 ** 31 - 1;

/**
 * Calls back after a delay, or never where it is longer than a timer takes (24.8 days).
 *
 * @returns The timer, or `undefined` if there is none.
 */
export function after(delay: number, callback: () => void): Timer | undefined {
  return delay <= MAX_DELAY ? setTimeout(callback, delay) : undefined;
}
