// Other programs that change the content of a store while it is open.

import { assert, assertEquals, assertInstanceOf, assertRejects, assertThrows } from "@std/assert";
import { Flow } from "@millrace/flow";
import { DatabaseSync } from "node:sqlite";
import { WaitTimeoutError } from "../../src/errors/job_errors.ts";
import { StoreCorruptError } from "../../src/errors/store_errors.ts";
import { completed, SAMPLE_FLOW, started } from "../../src/store/conformance/sample_events.ts";
import { SqliteStore } from "../../src/store/sqlite_store.ts";
import { keep } from "../durable/routines.ts";
import { sharedPool } from "../flow/shared_pool.ts";
import { Folder } from "./folder.ts";

const pool = sharedPool();

/** Windows does not allow such changes to an open file. */
const ignore = Deno.build.os === "windows";

/** Opens a store with a job of one event. */
function begun(folder: Folder): { path: string; store: SqliteStore } {
  const path = folder.path("jobs.db");
  const store = new SqliteStore(path);
  store.open(SAMPLE_FLOW);
  store.append([started("a")]);
  return { path, store };
}

/** The ways in which another program can damage the files. */
const HARM: Readonly<Record<string, (path: string) => void>> = {
  "the file was truncated": (path) => Deno.truncateSync(path, 0),
  "the file was overwritten": (path) => Deno.writeFileSync(path, new Uint8Array(100_000)),
  "the file was replaced in place": (path) => {
    new SqliteStore(`${path}.other`).close();
    Deno.writeFileSync(path, Deno.readFileSync(`${path}.other`));
  },
  "the -wal was truncated": (path) => Deno.truncateSync(`${path}-wal`, 0),
  "the -wal was shortened": (path) => Deno.truncateSync(`${path}-wal`, 10_000),
};

for (const [what, harm] of Object.entries(HARM)) {
  Deno.test({
    name: `SqliteStore.append() fails after ${what}`,
    ignore,
    fn() {
      using folder = new Folder();
      const { path, store } = begun(folder);
      using _store = store;
      harm(path);
      for (let i = 0; i < 2; i++) {
        assertThrows(() => store.append([completed("a", 2)]), StoreCorruptError, "close the store");
        assertThrows(() => store.check(), StoreCorruptError);
      }
    },
  });

  Deno.test({
    name: `Flow.status stays halted after ${what}`,
    ignore,
    async fn() {
      using folder = new Folder();
      using store = new SqliteStore(folder.path("jobs.db"));
      const halted = Promise.withResolvers<Error | undefined>();
      const seen: string[] = [];
      const flow = new Flow({
        store,
        pool,
        onStatus: (status, error) => {
          seen.push(status);
          if (status === "halted") halted.resolve(error);
        },
      }).add("keep", keep);
      await flow.execute("keep.item", 1);
      harm(folder.path("jobs.db"));
      const job = flow.start("keep.item", 2);
      assertInstanceOf(await halted.promise, StoreCorruptError);
      await assertRejects(() => job.waitForCompletion({ timeout: 1 }), WaitTimeoutError);
      await assertRejects(() => flow.flush(), StoreCorruptError);
      assertEquals(flow.status, "halted");
      await flow.close();
      assert(!seen.slice(seen.indexOf("halted")).includes("running"));
    },
  });
}

Deno.test({
  name: "SqliteStore accepts checkpoints by other programs",
  ignore,
  fn() {
    using folder = new Folder();
    const { path, store } = begun(folder);
    using _store = store;
    let seq = 1;
    for (const how of ["PASSIVE", "FULL", "RESTART", "TRUNCATE", "TRUNCATE"]) {
      // Opened by SQLite, as closing any other handle would drop the locks of this process.
      const other = new DatabaseSync(path);
      assertEquals(other.prepare(`PRAGMA wal_checkpoint(${how})`).get()?.busy, 0);
      store.check();
      store.append([completed("a", ++seq)]);
      other.prepare(`PRAGMA wal_checkpoint(${how})`).get();
      store.append([completed("a", ++seq)]);
      store.check();
      other.close();
    }
    assertEquals(store.read("a")?.events.length, seq);
  },
});

Deno.test("SqliteStore refuses all writes once SQLite finds damage", () => {
  using folder = new Folder();
  const path = folder.path("jobs.db");
  {
    using store = new SqliteStore(path);
    store.open(SAMPLE_FLOW);
    store.append([started("a")]);
  }
  const db = new DatabaseSync(path);
  const root = Number(
    db.prepare("SELECT rootpage FROM sqlite_schema WHERE name = 'events'").get()?.rootpage,
  );
  db.close();
  const bytes = Deno.readFileSync(path);
  bytes.fill(0xff, (root - 1) * 8_192, root * 8_192);
  Deno.writeFileSync(path, bytes);
  using store = new SqliteStore(path);
  store.open({ flowId: "other", lines: [] });
  store.open(SAMPLE_FLOW);
  assertThrows(() => store.append([started("b")]), StoreCorruptError, "damaged");
  assertThrows(() => store.open({ flowId: "third", lines: [] }), StoreCorruptError, "damaged");
});
