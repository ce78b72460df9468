/**
 * The store that persists jobs in an SQLite file, so that they survive the end of the process. It is a
 * separate entry point because it loads SQLite.
 *
 * @example A flow that goes on after a restart
 * ```ts
 * import { Flow } from "@millrace/flow";
 * import { SqliteStore } from "@millrace/flow/sqlite";
 * import { fibonacci } from "../examples/fibonacci.ts";
 *
 * const path = `${Deno.makeTempDirSync()}/jobs.db`;
 * using store = new SqliteStore(path);
 * await using flow = new Flow({ store }).add("fibonacci", fibonacci);
 * await flow.recover();
 * ```
 *
 * @module
 */

export { SqliteStore, type SqliteStoreOptions } from "../src/store/sqlite_store.ts";
export type { Retention } from "../src/store/retention.ts";
