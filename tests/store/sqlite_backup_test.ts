import { assert, assertEquals, assertRejects, assertThrows } from "@std/assert";
import { DatabaseSync } from "node:sqlite";
import {
  StoreIncompleteError,
  StoreReadError,
  StoreWriteError,
} from "../../src/errors/store_errors.ts";
import {
  completed,
  completedWith,
  SAMPLE_FLOW,
  started,
} from "../../src/store/conformance/sample_events.ts";
import { MIGRATIONS } from "../../src/store/schema.ts";
import { SqliteStore } from "../../src/store/sqlite_store.ts";
import { Child } from "./child.ts";
import { Folder } from "./folder.ts";

/** Copies a file as another program does, which leaves the locks of this one alone. */
function copy(from: string, to: string): void {
  const { success } = new Deno.Command(Deno.execPath(), {
    args: ["eval", `Deno.copyFileSync(${JSON.stringify(from)}, ${JSON.stringify(to)})`],
  }).outputSync();
  assert(success);
}

/** Appends events of 100 kB to a job. */
function append(store: SqliteStore, jobId: string, from: number, to: number): void {
  for (let seq = from; seq <= to; seq++) {
    store.append([completedWith(jobId, seq, `${seq}`.repeat(100_000 / `${seq}`.length / 4))]);
  }
}

Deno.test("SqliteStore.backup() copies a live journal", async () => {
  using folder = new Folder();
  using store = new SqliteStore(folder.path("jobs.db"));
  store.open(SAMPLE_FLOW);
  store.append([started("a"), started("b")]);
  append(store, "a", 2, 60);
  let isDone = false;
  const backup = store.backup(folder.path("backup.db")).finally(() => isDone = true);
  let seq = 1;
  while (!isDone && seq < 2_000) {
    store.append([completed("a", 60 + seq), completed("b", ++seq)]);
    await new Promise((resolve) => setTimeout(resolve));
  }
  await backup;
  const files = [...Deno.readDirSync(folder.path("."))].map(({ name }) => name).sort();
  assertEquals(files, ["backup.db", "jobs.db", "jobs.db-shm", "jobs.db-wal", "jobs.db.lock"]);
  using copy = new SqliteStore(folder.path("backup.db"));
  const [a = [], b = []] = ["a", "b"].map((jobId) => copy.read(jobId)?.events);
  // It is of one moment, and that is not before it was asked for.
  assertEquals(a.length - 60, b.length - 1);
  assertEquals(a, store.read("a")?.events.slice(0, a.length));
  assertEquals([...copy.unfinished(SAMPLE_FLOW.flowId)].length, 2);
});

Deno.test("SqliteStore.backup() copies another process's journal", async () => {
  using folder = new Folder();
  const path = folder.path("jobs.db");
  await using writer = new Child("endless_writer.ts", path);
  const acknowledged = Number(await writer.line());
  using store = new SqliteStore(path, { readOnly: true });
  await store.backup(new URL(`file://${folder.path("backup.db")}`));
  using copy = new SqliteStore(folder.path("backup.db"));
  assert((copy.read("b")?.events.length ?? 0) >= acknowledged);
});

Deno.test("SqliteStore.backup() replaces only unused files", async () => {
  using folder = new Folder();
  using store = new SqliteStore(folder.path("jobs.db"));
  store.open(SAMPLE_FLOW);
  const path = folder.path("backup.db");
  await store.backup(path);
  store.append([started("a")]);
  await store.backup(path);
  {
    using copy = new SqliteStore(path);
    assertEquals(copy.jobs().length, 1);
    await assertRejects(() => store.backup(path), StoreWriteError, "in use");
  }
  await assertRejects(() => store.backup(folder.path("jobs.db")), StoreWriteError, "itself");
  const missing = folder.path("missing/backup.db");
  await assertRejects(() => store.backup(missing), StoreWriteError, missing);
  Deno.writeTextFileSync(folder.path("notes.txt"), "notes");
  assertEquals([...Deno.readDirSync(folder.path("."))].filter(({ name }) => /part/.test(name)), []);
});

Deno.test("SqliteStore opens a copy without -wal only by salvage", () => {
  using folder = new Folder();
  const [path, half] = [folder.path("jobs.db"), folder.path("half.db")];
  using store = new SqliteStore(path);
  store.open(SAMPLE_FLOW);
  store.append([started("a")]);
  copy(path, half);
  for (const readOnly of [true, false, true]) {
    assertThrows(() => new SqliteStore(half, { readOnly }), StoreIncompleteError, "store.backup()");
  }
  {
    using salvaged = new SqliteStore(half, { salvage: true });
    assertEquals(salvaged.jobs(), []);
  }
  new SqliteStore(half).close();
});

Deno.test("SqliteStore refuses a checkpointed copy without its -wal", () => {
  using folder = new Folder();
  const [path, half] = [folder.path("jobs.db"), folder.path("half.db")];
  using store = new SqliteStore(path);
  store.open(SAMPLE_FLOW);
  store.append([started("a")]);
  const before = Deno.statSync(path).size;
  let seq = 1;
  while (Deno.statSync(path).size < before + 1_000_000) append(store, "a", ++seq, seq);
  append(store, "a", seq + 1, seq + 1);
  copy(path, half);
  assertThrows(() => new SqliteStore(half), StoreIncompleteError);
  using salvaged = new SqliteStore(half, { salvage: true, readOnly: true });
  assert((salvaged.read("a")?.events.length ?? 0) > 10);
});

Deno.test("SqliteStore accepts complete copies of other programs", () => {
  using folder = new Folder();
  using store = new SqliteStore(folder.path("jobs.db"));
  store.open(SAMPLE_FLOW);
  store.append([started("a")]);
  const db = new DatabaseSync(folder.path("jobs.db"));
  db.exec(`VACUUM INTO '${folder.path("vacuumed.db")}'`);
  db.close();
  copy(folder.path("jobs.db"), folder.path("both.db"));
  copy(folder.path("jobs.db-wal"), folder.path("both.db-wal"));
  for (const name of ["vacuumed.db", "both.db"]) {
    using copied = new SqliteStore(folder.path(name));
    assertEquals(copied.jobs().length, 1);
  }
  using moved = new SqliteStore(folder.path("closed.db"));
  moved.open(SAMPLE_FLOW);
  moved.append([started("a")]);
  moved.close();
  copy(folder.path("closed.db"), folder.path("copy.db"));
  using whole = new SqliteStore(folder.path("copy.db"), { readOnly: true });
  assertEquals(whole.jobs().length, 1);
});

Deno.test("SqliteStore.close() leaves a complete file despite readers", async () => {
  using folder = new Folder();
  const path = folder.path("jobs.db");
  using store = new SqliteStore(path);
  store.open(SAMPLE_FLOW);
  store.append([started("a")]);
  await using reader = new Child("reading_store.ts", path);
  assertEquals(await reader.line(), "1");
  store.close();
  assert(Deno.statSync(`${path}-wal`).size > 0);
  copy(path, folder.path("copy.db"));
  using whole = new SqliteStore(folder.path("copy.db"));
  assertEquals(whole.jobs().length, 1);
});

Deno.test("SqliteStore opens a checkpointed file after a crash", async () => {
  using folder = new Folder();
  const path = folder.path("jobs.db");
  await using writer = new Child("endless_writer.ts", path);
  await writer.line();
  const last = Number((await writer.kill()).at(-1) ?? 0);
  // As the last one to use the file, this brings all commits into it and removes the -wal.
  const db = new DatabaseSync(path);
  assertEquals(db.prepare("SELECT count(*) AS n FROM jobs").get()?.n, 3);
  db.close();
  assertThrows(() => Deno.statSync(`${path}-wal`), Deno.errors.NotFound);
  using store = new SqliteStore(path);
  assert((store.read("b")?.events.at(-1)?.seq ?? 0) >= last);
});

Deno.test("SqliteStore refuses partial copies of the first format", () => {
  using folder = new Folder();
  const [path, half] = [folder.path("jobs.db"), folder.path("half.db")];
  const db = new DatabaseSync(path);
  db.exec(`PRAGMA journal_mode = WAL; ${MIGRATIONS[0]}`);
  copy(path, half);
  db.close();
  for (const readOnly of [true, false]) {
    assertThrows(() => new SqliteStore(half, { readOnly }), StoreIncompleteError);
  }
  Deno.writeTextFileSync(folder.path("empty.db"), "");
  assertThrows(
    () => new SqliteStore(folder.path("empty.db"), { readOnly: true }),
    StoreReadError,
    "it is empty",
  );
  new SqliteStore(folder.path("empty.db")).close();
});
