// Loads built-in modules on first use. Importing them would slow down the start of every worker whose
// routines import the library, and workers do not need them.

import type crypto from "node:crypto";
import type sqlite from "node:sqlite";

/** Returns the built-in SQLite. */
export function loadSqlite(): typeof sqlite {
  return globalThis.process.getBuiltinModule("node:sqlite");
}

/** Returns the module that computes digests synchronously. */
export function loadCrypto(): typeof crypto {
  return globalThis.process.getBuiltinModule("node:crypto");
}

/** Returns the path of a `file:` URL. */
export function pathOfUrl(url: string | URL): string {
  return globalThis.process.getBuiltinModule("node:url").fileURLToPath(url);
}
