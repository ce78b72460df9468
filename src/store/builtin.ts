// Loaded when first used, not imported: that would slow the start of every worker whose routines
// import the library, and a worker has no use for them.

import type crypto from "node:crypto";
import type sqlite from "node:sqlite";
import type v8 from "node:v8";

/** The SQLite that is built in. */
export function loadSqlite(): typeof sqlite {
  return globalThis.process.getBuiltinModule("node:sqlite");
}

/** Writes values as structured clone sends them. */
export function loadV8(): typeof v8 {
  return globalThis.process.getBuiltinModule("node:v8");
}

/** Makes digests without waiting. */
export function loadCrypto(): typeof crypto {
  return globalThis.process.getBuiltinModule("node:crypto");
}

/** The path that a `file:` URL stands for. */
export function pathOfUrl(url: string | URL): string {
  return globalThis.process.getBuiltinModule("node:url").fileURLToPath(url);
}
