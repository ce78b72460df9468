// Checks of single options: each returns the value if it is of the right type and in its range, and else
// throws an `InvalidOptionError`. `options.ts` applies them to all options of a call.

import { InvalidOptionError } from "../errors/call_errors.ts";
import { hasControls } from "../errors/printable.ts";
import { isPlainObject } from "./is_plain_object.ts";

/** Returns the value of an option, or throws if the option cannot have it. */
export type Check = (option: string, value: unknown) => unknown;

/** Refuses a value that is not an integer of at least 1. */
export function checkCount(option: string, value: unknown): number {
  if (isInteger(value) && value >= 1) return value;
  throw new InvalidOptionError(option, value, "an integer of at least 1");
}

/** Checks like {@linkcode checkCount}, but allows `Infinity`, which stands for no limit. */
export function checkLimit(option: string, value: unknown): number {
  if (value === Infinity || isInteger(value) && value >= 1) return value;
  throw new InvalidOptionError(option, value, "an integer of at least 1, or Infinity");
}

/** Checks like {@linkcode checkLimit}, but allows 0. */
export function checkAmount(option: string, value: unknown): number {
  if (value === Infinity || isInteger(value) && value >= 0) return value;
  throw new InvalidOptionError(option, value, "an integer of at least 0, or Infinity");
}

/** Refuses a value that is not an integer of at least 0. */
export function checkNumber(option: string, value: unknown): number {
  if (isInteger(value) && value >= 0) return value;
  throw new InvalidOptionError(option, value, "an integer of at least 0");
}

/** Refuses a value that is not a duration in milliseconds; `Infinity` stands for no end. */
export function checkDuration(option: string, value: unknown): number {
  if (typeof value === "number" && value >= 0) return value;
  throw new InvalidOptionError(option, value, "milliseconds of at least 0, or Infinity");
}

/** Refuses a value that is not a finite duration above 0, in milliseconds. */
export function checkSpan(option: string, value: unknown): number {
  if (typeof value === "number" && value > 0 && value < Infinity) return value;
  throw new InvalidOptionError(option, value, "milliseconds above 0, and not Infinity");
}

/** Refuses a value that is not a finite duration in milliseconds. */
export function checkDelay(option: string, value: unknown): number {
  if (typeof value === "number" && value >= 0 && value < Infinity) return value;
  throw new InvalidOptionError(option, value, "milliseconds of at least 0, and not Infinity");
}

/** Refuses a value that is not a point in time, in epoch milliseconds. */
export function checkTime(option: string, value: unknown): number {
  if (typeof value === "number" && !Number.isNaN(value)) return value;
  throw new InvalidOptionError(
    option,
    value,
    "epoch milliseconds, as date.getTime()",
  );
}

/** Refuses a value that is not a finite number. */
export function checkFinite(option: string, value: unknown): number {
  if (typeof value === "number" && Number.isFinite(value)) return value;
  throw new InvalidOptionError(option, value, "a finite number");
}

/** Refuses a value that is not a number from 0 to 1. */
export function checkFraction(option: string, value: unknown): number {
  if (typeof value === "number" && value >= 0 && value <= 1) return value;
  throw new InvalidOptionError(option, value, "a number from 0 to 1");
}

/** Refuses a value that is not `true` or `false`. */
export function checkFlag(option: string, value: unknown): boolean {
  if (typeof value === "boolean") return value;
  throw new InvalidOptionError(option, value, "true or false");
}

/** Refuses a value that is not a string. */
export function checkText(option: string, value: unknown): string {
  if (typeof value === "string") return value;
  throw new InvalidOptionError(option, value, "a text");
}

/**
 * Refuses a value that cannot be an id or a name. Ids are stored, compared and printed, so they must survive
 * encoding unchanged and must contain no control characters, which a terminal would obey.
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

/**
 * Refuses a value that is not a plain object, as `{ limit: 5 }`. When fields are spread or keys are listed,
 * the getters of a class and the entries of a `Map` would be lost.
 */
export function checkFields(option: string, value: unknown): object {
  if (isPlainObject(value)) return value;
  throw new InvalidOptionError(option, value, "a plain object with fields of its own, as { a: 1 }");
}

/** Refuses a value that is not an array. */
export function checkList(option: string, value: unknown): readonly unknown[] {
  if (Array.isArray(value)) return value;
  throw new InvalidOptionError(option, value, "a list");
}

/** Refuses a value that is not an array of strings. */
export function checkTexts(option: string, value: unknown): readonly string[] {
  if (Array.isArray(value) && value.every((item) => typeof item === "string")) return value;
  throw new InvalidOptionError(option, value, "a list of texts");
}

/** Refuses a value that is not a function. */
export function checkFunction(option: string, value: unknown): unknown {
  if (typeof value === "function") return value;
  throw new InvalidOptionError(option, value, "a function");
}

/** Refuses a value that is not an `AbortSignal`, of this or another realm. */
export function checkSignal(option: string, value: unknown): unknown {
  const methods = ["addEventListener", "removeEventListener", "throwIfAborted"];
  if (methods.every((method) => has(value, method)) && "aborted" in (value as object)) return value;
  throw new InvalidOptionError(option, value, "an AbortSignal");
}

/** Returns a check that refuses all but the given strings. */
export function checkOneOf(...texts: readonly string[]): Check {
  return (option, value) => {
    if (texts.includes(value as string)) return value;
    const all = texts.map((text) => JSON.stringify(text));
    const expected = [all.slice(0, -1).join(", "), all.at(-1)].filter((part) => part).join(" or ");
    throw new InvalidOptionError(option, value, expected);
  };
}

/**
 * Returns a check that refuses a value without a certain method.
 *
 * @param method The name of the method.
 * @param expected The value that the option takes, for the error, as "a WorkerPool".
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
