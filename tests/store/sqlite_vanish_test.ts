import { assertEquals, assertStringIncludes, assertThrows } from "@std/assert";
import { Flow, type JobEvent } from "@millrace/flow";
import {
  StoreJobError,
  StoreLockedError,
  StoreReadError,
  StoreWriteError,
} from "../../src/errors/store_errors.ts";
import { completed, SAMPLE_FLOW, started } from "../../src/store/conformance/sample_events.ts";
import { SqliteStore } from "../../src/store/sqlite_store.ts";
import { keep } from "../durable/routines.ts";
import { sharedPool } from "../flow/shared_pool.ts";
import { Child } from "./child.ts";
import { Folder } from "./folder.ts";

const pool = sharedPool();

/** Windows lets nobody remove a file that is open. */
const ignore = Deno.build.os === "windows";

/** A store with a job of one event. */
function begun(folder: Folder): { path: string; store: SqliteStore } {
  const path = folder.path("jobs.db");
  const store = new SqliteStore(path);
  store.open(SAMPLE_FLOW);
  store.append([started("a")]);
  return { path, store };
}

/** The losses of a store's file, with the part of the message that says what to do. */
const LOSSES: Readonly<Record<string, readonly [loss: (path: string) => void, fix: string]>> = {
  "removed": [(path) => Deno.removeSync(path), "bring it back under this name"],
  "renamed": [(path) => Deno.renameSync(path, `${path}.old`), "bring it back under this name"],
  "replaced": [
    (path) => {
      Deno.renameSync(path, `${path}.old`);
      Deno.writeTextFileSync(path, "");
    },
    "put it back",
  ],
  "stripped of its -wal": [(path) => Deno.removeSync(`${path}-wal`), "close the store"],
};

for (const [what, [lose, fix]] of Object.entries(LOSSES)) {
  Deno.test({
    name: `SqliteStore.append() fails when the file was ${what}`,
    ignore,
    fn() {
      using folder = new Folder();
      const { path, store } = begun(folder);
      using _store = store;
      lose(path);
      const append = (event: JobEvent) =>
        assertThrows(() => store.append([event]), StoreWriteError, path);
      assertStringIncludes(append(completed("a", 2)).message, fix);
      assertStringIncludes(append(completed("a", 2)).message, fix);
      assertThrows(() => store.check(), StoreWriteError, fix);
    },
  });

  Deno.test({
    name: `Flow.status is halted when an idle file was ${what}`,
    ignore,
    async fn() {
      using folder = new Folder();
      using store = new SqliteStore(folder.path("jobs.db"));
      const halted = Promise.withResolvers<Error | undefined>();
      const flow = new Flow({
        store,
        pool,
        onStatus: (status, error) => void (status === "halted" && halted.resolve(error)),
      }).add("keep", keep);
      await flow.execute("keep.item", 1);
      lose(folder.path("jobs.db"));
      assertStringIncludes((await halted.promise)?.message ?? "", fix);
      await flow.close();
    },
  });
}

Deno.test({
  name: "SqliteStore.append() continues when the file returns",
  ignore,
  fn() {
    using folder = new Folder();
    const { path, store } = begun(folder);
    {
      using _store = store;
      Deno.renameSync(path, `${path}.old`);
      assertThrows(() => store.check(), StoreWriteError);
      assertThrows(() => store.append([completed("a", 2)]), StoreWriteError);
      Deno.renameSync(`${path}.old`, path);
      store.append([completed("a", 2)]);
      store.check();
    }
    using next = new SqliteStore(path);
    assertEquals(next.read("a")?.events, [started("a"), completed("a", 2)]);
  },
});

Deno.test({
  name: "SqliteStore.close() restores the contents of a removed -wal",
  ignore,
  fn() {
    using folder = new Folder();
    const { path, store } = begun(folder);
    Deno.removeSync(`${path}-wal`);
    assertThrows(() => store.check(), StoreWriteError);
    store.close();
    using next = new SqliteStore(path);
    assertEquals(next.read("a")?.events, [started("a")]);
  },
});

Deno.test({
  name: "SqliteStore reader follows the file at its path",
  ignore,
  fn() {
    using folder = new Folder();
    const path = folder.path("jobs.db");
    new SqliteStore(path).close();
    using reader = new SqliteStore(path, { readOnly: true });
    assertEquals(reader.jobs(), []);
    Deno.removeSync(path);
    assertThrows(() => reader.jobs(), StoreReadError, path);
    using _store = begun(folder).store;
    assertEquals(reader.jobs().length, 1);
  },
});

Deno.test({
  name: "SqliteStore.check() recreates a removed .lock",
  ignore,
  async fn() {
    using folder = new Folder();
    const { path, store } = begun(folder);
    using _store = store;
    Deno.removeSync(`${path}.lock`);
    store.check();
    await using second = new Child("second_writer.ts", path);
    assertEquals(await second.line(), "StoreLockedError");
  },
});

Deno.test({
  name: "SqliteStore fails after losing its .lock",
  ignore,
  async fn() {
    using folder = new Folder();
    const { path, store } = begun(folder);
    using _store = store;
    Deno.removeSync(`${path}.lock`);
    await using second = new Child("second_writer.ts", path);
    assertEquals(await second.line(), "open");
    assertThrows(() => store.check(), StoreLockedError, `process ${second.pid}`);
    assertThrows(() => store.append([completed("a", 2)]), StoreLockedError);
    await second.kill();
    // The other one may have written what this one does not know.
    assertThrows(() => store.append([completed("a", 2)]), StoreLockedError);
  },
});

Deno.test({
  name: "SqliteStore.append() stores events in doubt only once",
  ignore,
  fn() {
    using folder = new Folder();
    const { path, store } = begun(folder);
    const events = [completed("a", 2), started("b")];
    {
      using _store = store;
      Deno.renameSync(path, `${path}.old`);
      assertThrows(() => store.append(events), StoreWriteError, "bring it back");
      // The next attempt has more events to store.
      events.push(completed("b", 2));
      assertThrows(() => store.append(events), StoreWriteError, "bring it back");
      Deno.renameSync(`${path}.old`, path);
      store.append(events);
      assertThrows(() => store.append(events), StoreJobError);
    }
    using next = new SqliteStore(path);
    assertEquals(next.read("a")?.events, [started("a"), completed("a", 2)]);
    assertEquals(next.read("b")?.events, [started("b"), completed("b", 2)]);
  },
});

Deno.test({
  name: "Flow.status is running again after the file returns",
  ignore,
  async fn() {
    using folder = new Folder();
    const path = folder.path("jobs.db");
    using store = new SqliteStore(path);
    const halted = Promise.withResolvers<void>();
    const onStatus = (status: string) => void (status === "halted" && halted.resolve());
    await using flow = new Flow({ store, pool, onStatus }).add("keep", keep);
    await flow.execute("keep.item", 1);
    Deno.renameSync(path, `${path}.old`);
    const job = flow.start("keep.item", 2, { jobId: "missed" });
    await halted.promise;
    Deno.renameSync(`${path}.old`, path);
    await job.waitForCompletion({ timeout: 30_000 });
    assertEquals([flow.status, job.sharedData], ["running", { keep: 2 }]);
  },
});

Deno.test({
  name: "SqliteStore commits nothing after another process takes over",
  ignore,
  async fn() {
    using folder = new Folder();
    const { path, store } = begun(folder);
    using _store = store;
    Deno.removeSync(`${path}.lock`);
    await using second = new Child("second_writer.ts", path);
    assertEquals(await second.line(), "open");
    // No kind of write is committed, even without a check in between.
    const event = completed("a", 2);
    assertThrows(() => store.append([event]), StoreLockedError, `process ${second.pid}`);
    assertThrows(() => store.delete("b"), StoreLockedError);
    assertThrows(() => store.open({ flowId: "other", lines: [] }), StoreLockedError);
    assertEquals(store.read("a")?.events, [started("a")]);
    await second.kill();
    assertThrows(() => store.append([event]), StoreLockedError);
  },
});
