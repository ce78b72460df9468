import { SqliteStore } from "../../src/store/sqlite_store.ts";
import { storeCases } from "../../src/store/store_conformance.ts";
import { Folder } from "./folder.ts";

const cases = storeCases(() => {
  const folder = new Folder();
  const open = () => new SqliteStore(folder.path("jobs.db"));
  return { store: open(), reopen: open, dispose: () => folder[Symbol.dispose]() };
});

for (const { name, run } of cases) Deno.test(`SqliteStore ${name}`, run);
