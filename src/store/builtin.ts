import process from "node:process";
import type sqlite from "node:sqlite";
import type v8 from "node:v8";

/** Loaded when first used, as a worker that imports the library has no use for it. */
export function loadSqlite(): typeof sqlite {
  return process.getBuiltinModule("node:sqlite");
}

/** Loaded when first used, as it takes as long as the start of a worker. */
export function loadV8(): typeof v8 {
  return process.getBuiltinModule("node:v8");
}

/** The path that a `file:` URL stands for. */
export function pathOfUrl(url: string | URL): string {
  return process.getBuiltinModule("node:url").fileURLToPath(url);
}
