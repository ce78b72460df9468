// Checks of single options: each returns the value if it is of the right type and in its range, and else
// throws an `InvalidOptionError`. `options.ts` applies them to all options of a call.

import { InvalidOptionError } from "../errors/call_errors.ts";
import { hasControls } from "../errors/printable.ts";

/** Refuses a value that an option cannot have. */
export type Check = (option: string, value: unknown) => unknown;

/** Refuses what is not a whole number of at least 1. */
export function checkCount(option: string, value: unknown): number {
  if (isInteger(value) && value >= 1) return value;
  throw new InvalidOptionError(option, value, "an integer of at least 1");
}

/** As {@linkcode checkCount}, but `Infinity` is none. */
export function checkLimit(option: string, value: unknown): number {
  if (value === Infinity || isInteger(value) && value >= 1) return value;
  throw new InvalidOptionError(option, value, "an integer of at least 1, or Infinity");
}

/** As {@linkcode checkLimit}, but it may be 0. */
export function checkAmount(option: string, value: unknown): number {
  if (value === Infinity || isInteger(value) && value >= 0) return value;
  throw new InvalidOptionError(option, value, "an integer of at least 0, or Infinity");
}

/** Refuses what is not a whole number of at least 0. */
export function checkNumber(option: string, value: unknown): number {
  if (isInteger(value) && value >= 0) return value;
  throw new InvalidOptionError(option, value, "an integer of at least 0");
}

/** Refuses what is not a time in milliseconds; `Infinity` stands for ever. */
export function checkDuration(option: string, value: unknown): number {
  if (typeof value === "number" && value >= 0) return value;
  throw new InvalidOptionError(option, value, "milliseconds of at least 0, or Infinity");
}

/** Refuses what is not a moment. */
export function checkTime(option: string, value: unknown): number {
  if (typeof value === "number" && !Number.isNaN(value)) return value;
  throw new InvalidOptionError(
    option,
    value,
    "epoch milliseconds, as date.getTime()",
  );
}

/** Refuses what is not a part of one. */
export function checkFraction(option: string, value: unknown): number {
  if (typeof value === "number" && value >= 0 && value <= 1) return value;
  throw new InvalidOptionError(option, value, "a number from 0 to 1");
}

/** Refuses what is not `true` or `false`. */
export function checkFlag(option: string, value: unknown): boolean {
  if (typeof value === "boolean") return value;
  throw new InvalidOptionError(option, value, "true or false");
}

/** Refuses what is not a text. */
export function checkText(option: string, value: unknown): string {
  if (typeof value === "string") return value;
  throw new InvalidOptionError(option, value, "a text");
}

/**
 * Refuses what cannot be an id or a name: it is stored, compared and printed, so it has to be the same
 * everywhere and must not be obeyed by a terminal.
 */
export function checkId(option: string, value: unknown): string {
  if (
    typeof value === "string" && value !== "" && !hasControls(value) && value.isWellFormed()
  ) return value;
  throw new InvalidOptionError(
    option,
    value,
    "a plain text that is not empty and has no control characters",
  );
}

/** Refuses what is not an object with fields of its own, as `{ limit: 5 }`. */
export function checkFields(option: string, value: unknown): object {
  if (typeof value === "object" && value !== null && !Array.isArray(value)) return value;
  throw new InvalidOptionError(option, value, "an object");
}

/** Refuses what is not a list. */
export function checkList(option: string, value: unknown): readonly unknown[] {
  if (Array.isArray(value)) return value;
  throw new InvalidOptionError(option, value, "a list");
}

/** Refuses what is not a list of texts. */
export function checkTexts(option: string, value: unknown): readonly string[] {
  if (Array.isArray(value) && value.every((item) => typeof item === "string")) return value;
  throw new InvalidOptionError(option, value, "a list of texts");
}

/** Refuses what is not a function. */
export function checkFunction(option: string, value: unknown): unknown {
  if (typeof value === "function") return value;
  throw new InvalidOptionError(option, value, "a function");
}

/** Refuses what is not an `AbortSignal`, be it of another realm. */
export function checkSignal(option: string, value: unknown): unknown {
  if (has(value, "addEventListener") && "aborted" in value) return value;
  throw new InvalidOptionError(option, value, "an AbortSignal");
}

/** Returns a check that refuses all but some texts. */
export function checkOneOf(...texts: readonly string[]): Check {
  return (option, value) => {
    if (texts.includes(value as string)) return value;
    const all = texts.map((text) => JSON.stringify(text));
    const expected = [all.slice(0, -1).join(", "), all.at(-1)].filter((part) => part).join(" or ");
    throw new InvalidOptionError(option, value, expected);
  };
}

/**
 * Returns a check that refuses what lacks a method.
 *
 * @param method The method.
 * @param expected What to give instead, as "a WorkerPool".
 */
export function checkMethod(method: string, expected: string): Check {
  return (option, value) => {
    if (has(value, method)) return value;
    throw new InvalidOptionError(option, value, expected);
  };
}

function isInteger(value: unknown): value is number {
  return Number.isSafeInteger(value);
}

function has(value: unknown, method: string): value is object {
  return typeof value === "object" && value !== null &&
    typeof Reflect.get(value, method) === "function";
}
