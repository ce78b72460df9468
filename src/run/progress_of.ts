import type { ProgressSnapshot } from "./run_snapshot.ts";

/** The maximum length of the text of a report of progress. */
const MAX_TEXT = 200;

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
  if (typeof data === "string") return data.slice(0, MAX_TEXT);
  const text = Deno.inspect(data, {
    compact: true,
    breakLength: Infinity,
    depth: 2,
    iterableLimit: 10,
    strAbbreviateSize: MAX_TEXT,
    colors: false,
  });
  return text.slice(0, MAX_TEXT);
}
