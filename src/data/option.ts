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
