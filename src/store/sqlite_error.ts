import { MillraceError } from "../errors/millrace_error.ts";
import { StoreCorruptError, StoreReadError, StoreWriteError } from "../errors/store_errors.ts";

/** Matches SQLite's messages about a damaged file, as its result code is not always available. */
const DAMAGED = "database disk image is malformed";
const NO_DATABASE = "file is not a database";

/** SQLite's message if another connection holds a lock. */
const LOCKED = "database is locked";

/** Checks whether an error means that another connection holds a lock, which is usually brief. */
export function isLocked(error: unknown): boolean {
  return error instanceof Error && error.message === LOCKED;
}

/** Calls a function that uses a store's file, and converts its failure to an error of the store. */
export function guarded<T>(path: string, what: "read" | "write", work: () => T): T {
  try {
    return work();
  } catch (error) {
    throw storeErrorOf(error, path, what);
  }
}

function storeErrorOf(error: unknown, path: string, what: "read" | "write"): unknown {
  if (error instanceof MillraceError || !(error instanceof Error)) return error;
  const { message } = error;
  const options = { cause: error };
  if (message === DAMAGED) return new StoreCorruptError(path, `is damaged (${message})`, options);
  if (message === NO_DATABASE) return new StoreCorruptError(path, "is no SQLite file", options);
  return what === "write"
    ? new StoreWriteError(path, message, options)
    : new StoreReadError(path, message, options);
}
