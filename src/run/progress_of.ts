// Describes reports of progress, which may contain any data of any size, in constant time. `RunModel` calls it with each
// report, and `JournalSource` with the last one of a job.

import { isPlainObject } from "../data/is_plain_object.ts";
import type { ProgressSnapshot } from "./run_snapshot.ts";

/** The maximum length of the text of a report of progress. */
const MAX_TEXT = 200;

/** The number of levels within the data that are shown, and of parts of each value. */
const MAX_DEPTH = 1, MAX_PARTS = 10;

/** The names of fields that contain the completed part from 0 to 1, and those from 0 to 100. */
const PARTS = ["fraction", "ratio"], PERCENTS = ["percent", "percentage"];

/** The names of fields that contain the completed number, and the number in all. */
const DONE = ["done", "completed", "current", "processed", "loaded"], ALL = ["total", "of", "all"];

/**
 * Describes a report of progress in one line of text, and finds the completed part in it: a number from 0 to 1, or
 * fields such as `done` and `total`, `percent`, or `fraction`.
 */
export function progressOf(routineId: string, data: unknown): ProgressSnapshot {
  return { routineId, text: textOf(data), fraction: fractionOf(data) };
}

function fractionOf(data: unknown): number | undefined {
  if (typeof data === "number") return data >= 0 && data <= 1 ? data : undefined;
  if (typeof data !== "object" || data === null) return undefined;
  const fields = data as Readonly<Record<string, unknown>>;
  const part = numberOf(fields, PARTS) ?? percent(numberOf(fields, PERCENTS));
  if (part !== undefined) return within(part);
  const [done, all] = [numberOf(fields, DONE), numberOf(fields, ALL)];
  return done === undefined || all === undefined || all <= 0 ? undefined : within(done / all);
}

function percent(number: number | undefined): number | undefined {
  return number === undefined ? undefined : number / 100;
}

function within(part: number): number {
  return Math.min(1, Math.max(0, part));
}

function numberOf(
  fields: Readonly<Record<string, unknown>>,
  names: readonly string[],
): number | undefined {
  for (const name of names) {
    const value = Object.hasOwn(fields, name) ? fields[name] : undefined;
    if (typeof value === "number" && Number.isFinite(value)) return value;
  }
  return undefined;
}

function textOf(data: unknown): string {
  const text = typeof data === "string" ? data : partText(data, MAX_DEPTH);
  return text.slice(0, MAX_TEXT).replace(/\s+/g, " ");
}

/**
 * Returns the first parts of a value as text. `Deno.inspect` would read all of the value, however little of it is shown,
 * and reports come often.
 */
function partText(value: unknown, depth: number): string {
  if (typeof value === "string") return JSON.stringify(value.slice(0, MAX_TEXT));
  if (typeof value === "bigint") return `${value}n`;
  if (typeof value !== "object" || value === null) return String(value);
  if (Array.isArray(value)) {
    return listText("[", value.length, value.slice(0, MAX_PARTS), "]", depth);
  }
  if (value instanceof Set) {
    return listText(`Set(${value.size}) {`, value.size, value.values().take(MAX_PARTS), "}", depth);
  }
  if (value instanceof Map) {
    const keys = [...value.keys().take(MAX_PARTS)].filter((key) => typeof key !== "object");
    const parts = keys.map((key) => [partText(key, depth), value.get(key)] as const);
    return fieldsText(`Map(${value.size}) {`, " => ", parts, value.size - parts.length, depth);
  }
  if (value instanceof Error) return `${value.name}: ${value.message.slice(0, MAX_TEXT)}`;
  if (value instanceof Date) return JSON.stringify(value);
  if (!isPlainObject(value)) return Object.prototype.toString.call(value).slice(8, -1);
  const parts: [string, unknown][] = [];
  let rest = 0;
  for (const key in value) {
    // A prototype may have been extended.
    if (!Object.hasOwn(value, key)) continue;
    if (parts.length < MAX_PARTS) {
      parts.push([keyText(key), (value as Record<string, unknown>)[key]]);
    } else rest++;
  }
  return fieldsText("{", ": ", parts, rest, depth);
}

function listText(
  open: string,
  length: number,
  first: Iterable<unknown>,
  close: string,
  depth: number,
): string {
  if (length === 0) return open + close;
  if (depth < 0) return `${open}…${close}`;
  const parts = [...first].map((part) => partText(part, depth - 1));
  return `${open} ${[...parts, ...moreText(length - parts.length)].join(", ")} ${close}`;
}

function fieldsText(
  open: string,
  separator: string,
  fields: readonly (readonly [string, unknown])[],
  rest: number,
  depth: number,
): string {
  if (fields.length + rest === 0) return `${open}}`;
  if (depth < 0) return `${open}…}`;
  const parts = fields.map(([key, part]) => {
    return key + separator + partText(part, depth - 1);
  });
  return `${open} ${[...parts, ...moreText(rest)].join(", ")} }`;
}

function keyText(key: string): string {
  return /^[\w$]+$/.test(key) ? key.slice(0, MAX_TEXT) : partText(key, 0);
}

function moreText(rest: number): string[] {
  return rest > 0 ? [`… ${rest} more`] : [];
}
