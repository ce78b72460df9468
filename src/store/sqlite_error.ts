import { MillraceError } from "../errors/millrace_error.ts";
import { StoreCorruptError } from "../errors/store_corrupt_error.ts";
import { StoreReadError } from "../errors/store_read_error.ts";
import { StoreWriteError } from "../errors/store_write_error.ts";

/** Result codes of SQLite that say that the file itself is wrong. */
const CORRUPT = 11;
const NOT_A_DATABASE = 26;

/** Does something with a store's file; what fails there is told as an error of the store. */
export function guarded<T>(path: string, what: "read" | "write", work: () => T): T {
  try {
    return work();
  } catch (error) {
    throw storeErrorOf(error, path, what);
  }
}

function storeErrorOf(error: unknown, path: string, what: "read" | "write"): unknown {
  if (error instanceof MillraceError || !(error instanceof Error)) return error;
  const code = Reflect.get(error, "errcode");
  const options = { cause: error };
  switch (typeof code === "number" ? code & 0xff : undefined) {
    case CORRUPT:
      return new StoreCorruptError(path, `is damaged (${error.message})`, options);
    case NOT_A_DATABASE:
      return new StoreCorruptError(path, "is no SQLite file", options);
    default:
      return what === "write"
        ? new StoreWriteError(path, error.message, options)
        : new StoreReadError(path, error.message, options);
  }
}
