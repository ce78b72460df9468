import { InvalidOptionError } from "../errors/invalid_option_error.ts";

/** Refuses what is not a whole number of at least 1. */
export function checkCount(option: string, value: number): number {
  if (Number.isSafeInteger(value) && value >= 1) return value;
  throw new InvalidOptionError(option, value, "an integer of at least 1");
}

/** As {@linkcode checkCount}, but `Infinity` is none. */
export function checkLimit(option: string, value: number): number {
  if (value === Infinity || Number.isSafeInteger(value) && value >= 1) return value;
  throw new InvalidOptionError(option, value, "an integer of at least 1, or Infinity");
}

/** Refuses what is not a time in milliseconds; `Infinity` stands for ever. */
export function checkDuration(option: string, value: number): number {
  if (value >= 0) return value;
  throw new InvalidOptionError(option, value, "milliseconds of at least 0, or Infinity");
}

/** Refuses what is not a part of one. */
export function checkFraction(option: string, value: number): number {
  if (value >= 0 && value <= 1) return value;
  throw new InvalidOptionError(option, value, "a number from 0 to 1");
}

/** What `setTimeout` returns. */
export type Timer = ReturnType<typeof setTimeout>;

/** The greatest delay that a timer takes. */
const MAX_DELAY = 2 ** 31 - 1;

/**
 * Calls back after a delay, or never where it is longer than a timer takes (24.8 days).
 *
 * @returns The timer, or `undefined` if there is none.
 */
export function after(delay: number, callback: () => void): Timer | undefined {
  return delay <= MAX_DELAY ? setTimeout(callback, delay) : undefined;
}
