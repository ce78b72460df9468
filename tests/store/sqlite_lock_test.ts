import { assert, assertEquals, assertThrows } from "@std/assert";
import { Flow } from "@millrace/flow";
import { DatabaseSync } from "node:sqlite";
import { StoreLockedError, StoreWriteError } from "../../src/errors/store_errors.ts";
import {
  changed,
  completed,
  SAMPLE_FLOW,
  started,
} from "../../src/store/conformance/sample_events.ts";
import { keep } from "../durable/routines.ts";
import { sharedPool } from "../flow/shared_pool.ts";
import { SqliteStore } from "../../src/store/sqlite_store.ts";
import { Child } from "./child.ts";
import { Folder } from "./folder.ts";
import { holdsLock } from "./holds_lock.ts";

const pool = sharedPool();

const isLinux = Deno.build.os === "linux";

/** Names of one file, by what leads from one to the other. */
const NAMES: Readonly<Record<string, (folder: Folder, path: string) => string>> = {
  "a symbolic link"(folder, path) {
    Deno.symlinkSync(path, folder.path("link.db"));
    return folder.path("link.db");
  },
  "a chain of relative links"(folder) {
    Deno.symlinkSync("jobs.db", folder.path("first.db"));
    Deno.symlinkSync("first.db", folder.path("second.db"));
    return folder.path("second.db");
  },
  "a linked folder"(folder, path) {
    Deno.symlinkSync(folder.path("."), folder.path("itself"));
    return folder.path("itself/") + path.split("/").at(-1);
  },
  "a path with dots": (folder) => folder.path("./././jobs.db"),
  "a hard link"(folder, path) {
    Deno.linkSync(path, folder.path("other.db"));
    return folder.path("other.db");
  },
};

for (const [what, nameOf] of Object.entries(NAMES)) {
  if (Deno.build.os === "windows") continue;
  Deno.test(`SqliteStore refuses another process's file by ${what}`, async () => {
    using folder = new Folder();
    const path = folder.path("jobs.db");
    await using writer = new Child("endless_writer.ts", path);
    await writer.line();
    const other = nameOf(folder, path);
    const error = assertThrows(() => new SqliteStore(other), StoreLockedError);
    assertEquals(error.writer?.pid, writer.pid);
    const acknowledged = Number(await writer.line());
    {
      using reader = new SqliteStore(other, { readOnly: true });
      assert((reader.read("b")?.events.at(-1)?.seq ?? 0) >= acknowledged);
    }
    const last = Number((await writer.kill()).at(-1) ?? acknowledged);
    // The files that the killed one left beside the store are found by every name.
    using store = new SqliteStore(other);
    assert((store.read("b")?.events.at(-1)?.seq ?? 0) >= last);
  });

  Deno.test(`SqliteStore refuses its own process's file by ${what}`, () => {
    using folder = new Folder();
    const path = folder.path("jobs.db");
    using first = new SqliteStore(path);
    first.open(SAMPLE_FLOW);
    const other = nameOf(folder, path);
    const error = assertThrows(() => new SqliteStore(other), StoreLockedError, "one store");
    assertEquals(error.writer?.pid, Deno.pid);
    using reader = new SqliteStore(other, { readOnly: true });
    first.append([started("a")]);
    assertEquals(reader.read("a")?.events.length, 1);
    if (isLinux) assert(holdsLock(path));
  });
}

Deno.test("SqliteStore creates the target of a dangling link", () => {
  if (Deno.build.os === "windows") return;
  using folder = new Folder();
  Deno.symlinkSync("jobs.db", folder.path("link.db"));
  using _store = new SqliteStore(folder.path("link.db"));
  assertThrows(() => new SqliteStore(folder.path("jobs.db")), StoreLockedError);
});

Deno.test("SqliteStore holds its lock beside other connections", async () => {
  if (!isLinux) return;
  using folder = new Folder();
  const path = folder.path("jobs.db");
  new SqliteStore(path).close();
  using before = new SqliteStore(path, { readOnly: true });
  before.jobs();
  using writer = new SqliteStore(path);
  writer.open(SAMPLE_FLOW);
  const check = (what: string) => assert(holdsLock(path), what);
  check("a reader was first");
  before.jobs();
  before.close();
  check("the reader was closed");
  assertThrows(() => new SqliteStore(path), StoreLockedError);
  check("a second writer was refused");
  for (let i = 0; i < 3; i++) {
    using reader = new SqliteStore(path, { readOnly: true });
    writer.append([started(`job${i}`)]);
    assertEquals(reader.jobs().length, i + 1);
  }
  check("readers have come and gone");
  await writer.backup(folder.path("backup.db"));
  check("it was backed up");
});

Deno.test("SqliteStore holds its lock beside other threads", async () => {
  using folder = new Folder();
  const path = folder.path("jobs.db");
  using writer = new SqliteStore(path);
  writer.open(SAMPLE_FLOW);
  writer.append([started("a")]);
  const thread = new Worker(import.meta.resolve("./looking_thread.ts"), { type: "module" });
  const answer = new Promise((resolve) => thread.onmessage = ({ data }) => resolve(data));
  thread.postMessage(path);
  assertEquals(await answer, { jobs: 1, refusal: "StoreLockedError" });
  thread.terminate();
  if (isLinux) assert(holdsLock(path));
  writer.append([completed("a", 2)]);
  assertEquals(writer.read("a")?.events.length, 2);
});

Deno.test("SqliteStore reader outlives its writer", () => {
  using folder = new Folder();
  const path = folder.path("jobs.db");
  new SqliteStore(path).close();
  using reader = new SqliteStore(path, { readOnly: true });
  for (const jobId of ["a", "b"]) {
    using writer = new SqliteStore(path);
    writer.open(SAMPLE_FLOW);
    writer.append([started(jobId)]);
    assertEquals(reader.jobs().length, jobId === "a" ? 1 : 2);
  }
  assertEquals(reader.read("b")?.events.length, 1);
  assertThrows(() => reader.append([completed("a", 2)]), Error, "readOnly");
});

Deno.test("SqliteStore.unfinished() continues across a new connection", () => {
  using folder = new Folder();
  const path = folder.path("jobs.db");
  {
    using writer = new SqliteStore(path);
    writer.open(SAMPLE_FLOW);
    writer.append(["a", "b", "c"].map((jobId) => started(jobId)));
  }
  using reader = new SqliteStore(path, { readOnly: true });
  const jobs = reader.unfinished(SAMPLE_FLOW.flowId);
  const ids = [jobs.next().value?.events[0]?.jobId];
  using writer = new SqliteStore(path);
  writer.open(SAMPLE_FLOW);
  writer.append([changed("b", 2, "job_completed")]);
  for (const { events } of jobs) ids.push(events[0]?.jobId);
  assertEquals(ids, ["a", "c"]);
});

Deno.test("SqliteStore leaves no files beside a refused one", () => {
  using folder = new Folder();
  const path = folder.path("notes.txt");
  Deno.writeTextFileSync(path, "Remember the milk.");
  assertThrows(() => new SqliteStore(path), Error, "no SQLite file");
  assertEquals([...Deno.readDirSync(folder.path("."))].map(({ name }) => name), ["notes.txt"]);
});

Deno.test("SqliteStore is readable while SQLite is locked", () => {
  using folder = new Folder();
  const path = folder.path("jobs.db");
  {
    using store = new SqliteStore(path);
    store.open(SAMPLE_FLOW);
    store.append([started("a")]);
  }
  // Opened by SQLite, as closing any other handle would drop the locks of this process.
  const other = new DatabaseSync(path);
  other.exec("BEGIN IMMEDIATE");
  using store = new SqliteStore(path);
  for (let i = 0; i < 2; i++) {
    assertEquals(store.jobs().map(({ jobId }) => jobId), ["a"]);
    assertEquals(store.read("a")?.events, [started("a")]);
    assertEquals(store.latest("a")?.events.length, 1);
    assertEquals([...store.unfinished(SAMPLE_FLOW.flowId)].length, 1);
    store.check();
    assertThrows(() => store.open(SAMPLE_FLOW), StoreWriteError, "locked");
    assertThrows(() => store.delete("a"), StoreWriteError, "locked");
    store.rest();
  }
  store.rest();
  other.exec("ROLLBACK");
  store.open(SAMPLE_FLOW);
  store.append([completed("a", 2)]);
  other.exec("BEGIN IMMEDIATE");
  assertThrows(() => store.append([completed("a", 3)]), StoreWriteError, "locked");
  other.close();
  store.append([completed("a", 3)]);
  assertEquals(store.read("a")?.events.length, 3);
});

Deno.test("Flow.start() can be retried after SQLite was locked", async () => {
  using folder = new Folder();
  const path = folder.path("jobs.db");
  using store = new SqliteStore(path);
  const other = new DatabaseSync(path);
  other.exec("BEGIN IMMEDIATE");
  store.rest();
  await using flow = new Flow({ store, pool }).add("keep", keep);
  assertThrows(() => flow.start("keep.item", 1), StoreWriteError, "locked");
  other.close();
  assertEquals((await flow.execute("keep.item", 2)).sharedData, { keep: 2 });
});
