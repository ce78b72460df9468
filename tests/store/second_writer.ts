// Opens a store to write, says how that went, and holds it until it is killed.

import { SqliteStore } from "../../src/store/sqlite_store.ts";

try {
  const store = new SqliteStore(Deno.args[0]!);
  console.log("open");
  setTimeout(() => store.close(), 60_000);
} catch (error) {
  console.log((error as Error).name);
}
