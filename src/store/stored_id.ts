// The ids that a store accepts. All stores accept the same ids, so that a job that was tested with a store in
// memory can be persisted as well.

import { InvalidOptionError } from "../errors/call_errors.ts";
import { StoreValueError } from "../errors/store_errors.ts";

/**
 * Refuses an id that a file cannot store unchanged.
 *
 * @param option The name of the id, as `jobId`.
 * @param id The id.
 * @throws {InvalidOptionError} If the id is not a string.
 * @throws {StoreValueError} If the id contains a NUL or a lone surrogate.
 */
export function checkId(option: string, id: string): void {
  if (isStoredId(option, id)) return;
  throw new StoreValueError(option, "contains a NUL or a lone surrogate; use plain text");
}

/**
 * Checks whether a store can contain an id.
 *
 * @param option The name of the id, as `jobId`.
 * @param id The id.
 * @throws {InvalidOptionError} If the id is not a string.
 */
export function isStoredId(option: string, id: string): boolean {
  if (typeof id !== "string") throw new InvalidOptionError(option, id, "a text");
  return !id.includes("\0") && id.isWellFormed();
}

/**
 * Refuses a value that is not the number of a JobEvent from which to read on.
 *
 * @throws {InvalidOptionError} If the value is not a number.
 */
export function checkAfter(after: number): void {
  if (typeof after === "number" && !Number.isNaN(after)) return;
  throw new InvalidOptionError("after", after, "the number of a JobEvent");
}
