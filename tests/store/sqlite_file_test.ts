import { assertEquals, assertInstanceOf, assertMatch, assertThrows } from "@std/assert";
import { DatabaseSync } from "node:sqlite";
import {
  StoreCorruptError,
  StoreLockedError,
  StoreReadError,
  StoreVersionError,
  StoreWriteError,
} from "../../src/errors/store_errors.ts";
import {
  completed,
  completedWith,
  SAMPLE_FLOW,
  started,
} from "../../src/store/conformance/sample_events.ts";
import { beginToWrite, openToWrite } from "../../src/store/journal_file.ts";
import { JournalReader } from "../../src/store/journal_reader.ts";
import { JournalWriter } from "../../src/store/journal_writer.ts";
import { migrate, MIGRATIONS, numberOf } from "../../src/store/schema.ts";
import { guarded } from "../../src/store/sqlite_error.ts";
import { SqliteStore } from "../../src/store/sqlite_store.ts";
import { WriterFence } from "../../src/store/writer_fence.ts";
import { Folder } from "./folder.ts";

/** Makes a store with one job. */
function makeStore(path: string): void {
  using store = new SqliteStore(path);
  store.open(SAMPLE_FLOW);
  store.append([started("a"), completed("a", 2)]);
}

/** Checks that opening a file fails, and leaves it as it is. */
function assertRefused<E extends Error>(
  path: string,
  type: abstract new (...args: never[]) => E,
  text: string,
): E {
  const before = Deno.readFileSync(path);
  const error = assertThrows(() => new SqliteStore(path));
  assertInstanceOf(error, type);
  assertMatch(error.message, new RegExp(text));
  assertEquals(Deno.readFileSync(path), before);
  assertThrows(() => new SqliteStore(path, { readOnly: true }), type);
  return error;
}

const KEEP_ALL = { jobs: Infinity, age: Infinity, events: Infinity, payloads: true };

Deno.test("SqliteStore refuses a file that is no database", () => {
  using folder = new Folder();
  const path = folder.path("notes.txt");
  Deno.writeTextFileSync(path, "Remember the milk. ".repeat(1000));
  assertRefused(path, StoreCorruptError, "notes.txt is no SQLite file");
});

Deno.test("SqliteStore refuses another program's database", () => {
  using folder = new Folder();
  const path = folder.path("other.db");
  const db = new DatabaseSync(path);
  db.exec("CREATE TABLE jobs (id INTEGER)");
  db.close();
  assertRefused(path, StoreCorruptError, "another program");
});

Deno.test("SqliteStore refuses a newer format", () => {
  using folder = new Folder();
  const path = folder.path("jobs.db");
  makeStore(path);
  const db = new DatabaseSync(path);
  db.exec("PRAGMA user_version = 99");
  db.close();
  const error = assertRefused(path, StoreVersionError, "format 99");
  assertEquals([error.found, error.expected], [99, MIGRATIONS.length]);
});

Deno.test("migrate() updates an older store atomically", () => {
  using folder = new Folder();
  const path = folder.path("jobs.db");
  makeStore(path);
  const db = new DatabaseSync(path);
  const later = [...MIGRATIONS, "ALTER TABLE jobs ADD COLUMN note TEXT DEFAULT 'none'"];
  assertThrows(() => migrate(db, path, [...later, "ALTER TABLE nothing ADD COLUMN x"]));
  assertEquals(numberOf(db, "PRAGMA user_version"), MIGRATIONS.length);
  migrate(db, path, later);
  assertEquals(numberOf(db, "PRAGMA user_version"), later.length);
  assertEquals(db.prepare("SELECT note FROM jobs").get()?.note, "none");
  assertEquals(new JournalReader(db, path).read("a")?.events.length, 2);
  db.close();
});

Deno.test("SqliteStore.read() reports a damaged file", () => {
  using folder = new Folder();
  const path = folder.path("jobs.db");
  {
    using store = new SqliteStore(path);
    store.open(SAMPLE_FLOW);
    store.append([started("a")]);
    for (let seq = 2; seq < 200; seq++) {
      store.append([completedWith("a", seq, "x".repeat(1000))]);
    }
  }
  const bytes = Deno.readFileSync(path);
  bytes.fill(0xff, bytes.length / 2);
  Deno.writeFileSync(path, bytes);
  using store = new SqliteStore(path);
  assertThrows(() => store.read("a"), StoreCorruptError, "damaged");
});

Deno.test("SqliteStore.read() reports an unreadable record", () => {
  using folder = new Folder();
  const path = folder.path("jobs.db");
  makeStore(path);
  const db = new DatabaseSync(path);
  db.exec("UPDATE events SET text = '[{'");
  db.close();
  using store = new SqliteStore(path);
  assertThrows(() => store.read("a"), StoreCorruptError, "record");
});

Deno.test("JournalWriter.append() is atomic on a full disk", () => {
  using folder = new Folder();
  const path = folder.path("jobs.db");
  const db = openToWrite(path, { synchronous: "normal", salvage: false });
  beginToWrite(db, path);
  const reader = new JournalReader(db, path);
  const writer = new JournalWriter(db, reader, KEEP_ALL, new WriterFence(db, path));
  const append = (seq: number) =>
    guarded(
      path,
      "write",
      () => writer.append(["a", "b"].map((id) => completedWith(id, seq, "x".repeat(5000)))),
    );
  writer.open(SAMPLE_FLOW);
  writer.append([started("a"), started("b")]);
  db.exec(`PRAGMA max_page_count = ${numberOf(db, "PRAGMA page_count") + 20}`);
  let seq = 1;
  assertThrows(
    () => {
      while (seq < 100) append(++seq);
    },
    StoreWriteError,
    "full",
  );
  for (const jobId of ["a", "b"]) assertEquals(reader.read(jobId)?.events.length, seq - 1);
  db.exec("PRAGMA max_page_count = 10000");
  append(seq);
  for (const jobId of ["a", "b"]) assertEquals(reader.read(jobId)?.events.length, seq);
  db.close();
});

Deno.test("SqliteStore reports an unwritable or missing folder", () => {
  using folder = new Folder();
  const missing = folder.path("missing/jobs.db");
  assertThrows(() => new SqliteStore(missing), StoreWriteError, missing);
  assertThrows(() => new SqliteStore(missing, { readOnly: true }), StoreReadError, missing);
  Deno.mkdirSync(folder.path("kept"), { mode: 0o555 });
  // The superuser may write any folder of a disk, but not those that the system itself makes.
  const kept = Deno.build.os === "linux" && Deno.uid() === 0 ? "/proc" : folder.path("kept");
  if (Deno.build.os === "windows") return;
  assertThrows(() => new SqliteStore(`${kept}/jobs.db`), StoreWriteError, "cannot be written");
});

Deno.test("SqliteStore refuses a second writer in one process", () => {
  using folder = new Folder();
  const path = folder.path("jobs.db");
  {
    using _first = new SqliteStore(path);
    const error = assertThrows(() => new SqliteStore(path), StoreLockedError);
    assertEquals(error.writer?.pid, Deno.pid);
  }
  new SqliteStore(path).close();
});
