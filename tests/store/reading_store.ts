// Reads a store, says how many jobs there are, and holds it open until it is killed.

import { SqliteStore } from "../../src/store/sqlite_store.ts";

const store = new SqliteStore(Deno.args[0]!, { readOnly: true });
console.log(store.jobs().length);
setTimeout(() => store.close(), 60_000);
