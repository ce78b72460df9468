// The ids that a store takes: every store takes the same, so that a job that is tested in memory can be
// written to a file.

import { InvalidOptionError } from "../errors/call_errors.ts";
import { StoreValueError } from "../errors/store_errors.ts";

/**
 * Refuses an id that a file cannot hold as it is.
 *
 * @param option What it is the id of, as `jobId`.
 * @param id The id.
 * @throws {InvalidOptionError} If it is no text.
 * @throws {StoreValueError} If it is not plain text.
 */
export function checkId(option: string, id: string): void {
  if (isStoredId(option, id)) return;
  throw new StoreValueError(option, "holds a NUL or half a character; use plain text");
}

/**
 * Checks whether an id can be the one of something that a store holds.
 *
 * @param option What it is the id of, as `jobId`.
 * @param id The id.
 * @throws {InvalidOptionError} If it is no text.
 */
export function isStoredId(option: string, id: string): boolean {
  if (typeof id !== "string") throw new InvalidOptionError(option, id, "a text");
  return !id.includes("\0") && id.isWellFormed();
}

/**
 * Refuses what is no number of a JobEvent to read on from.
 *
 * @throws {InvalidOptionError} If it is none.
 */
export function checkAfter(after: number): void {
  if (typeof after === "number" && !Number.isNaN(after)) return;
  throw new InvalidOptionError("after", after, "the number of a JobEvent");
}
