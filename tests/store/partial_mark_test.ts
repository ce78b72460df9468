// Crashes while the mark is being set: at no moment may a complete file look incomplete, or an incomplete
// file look complete.

import { assert, assertEquals } from "@std/assert";
import { DatabaseSync, type StatementSync } from "node:sqlite";
import { StoreIncompleteError } from "../../src/errors/store_errors.ts";
import { SAMPLE_FLOW, started } from "../../src/store/conformance/sample_events.ts";
import { beginToWrite, openToWrite } from "../../src/store/journal_file.ts";
import { JournalReader } from "../../src/store/journal_reader.ts";
import { JournalWriter } from "../../src/store/journal_writer.ts";
import { PartialMark } from "../../src/store/partial_mark.ts";
import { SqliteStore } from "../../src/store/sqlite_store.ts";
import { WriterFence } from "../../src/store/writer_fence.ts";
import { WriterLock } from "../../src/store/writer_lock.ts";
import { Folder } from "./folder.ts";

/** The files of a store. */
const PARTS = ["", "-wal", ".lock"] as const;

/** Calls a function before and after each statement of a database. */
function around(db: DatabaseSync, look: () => void): DatabaseSync {
  const looked = <T>(work: () => T): T => {
    look();
    const result = work();
    look();
    return result;
  };
  return {
    exec: (sql: string) => looked(() => db.exec(sql)),
    prepare: (sql: string) => {
      const statement = db.prepare(sql);
      return { get: () => looked(() => statement.get()) } as StatementSync;
    },
  } as DatabaseSync;
}

/**
 * Copies a store at each moment of two cycles of its mark. Returns the copies, each with the number of jobs
 * that were acknowledged by then.
 */
function moments(folder: Folder): (readonly [path: string, jobs: number])[] {
  const path = folder.path("jobs.db");
  using lock = WriterLock.take(`${path}.lock`)!;
  const db = openToWrite(path, { synchronous: "normal", salvage: false }, lock.marking);
  beginToWrite(db, path);
  const retention = { jobs: Infinity, age: Infinity, events: Infinity, payloads: true };
  const fence = new WriterFence(db, path);
  const writer = new JournalWriter(db, new JournalReader(db, path), retention, fence);
  const copies: [string, number][] = [];
  let jobs = 0;
  const look = () => {
    const copy = folder.path(`copy${copies.length}.db`);
    for (const part of PARTS) Deno.copyFileSync(path + part, copy + part);
    copies.push([copy, jobs]);
  };
  const mark = new PartialMark(around(db, look), path, "normal", lock);
  const start = () => void writer.append([started(`job${++jobs}`)]);
  writer.open(SAMPLE_FLOW);
  mark.begin();
  start();
  look();
  mark.renew(NaN);
  start();
  look();
  mark.end();
  db.close();
  return copies;
}

function jobsOf(path: string, readOnly: boolean): number | undefined {
  try {
    using store = new SqliteStore(path, { readOnly });
    return store.jobs().length;
  } catch (error) {
    if (error instanceof StoreIncompleteError) return undefined;
    throw error;
  }
}

Deno.test("PartialMark leaves a complete file after any crash", () => {
  using folder = new Folder();
  for (const [copy, jobs] of moments(folder)) {
    // The last connection to close the file makes a checkpoint, and removes the `-wal` file.
    const db = new DatabaseSync(copy);
    db.prepare("SELECT count(*) FROM jobs").get();
    db.close();
    assertEquals([jobsOf(copy, true), jobsOf(copy, false)], [jobs, jobs], copy);
  }
});

Deno.test("PartialMark detects that the -wal file was removed", () => {
  using folder = new Folder();
  let refused = 0;
  for (const [copy, jobs] of moments(folder)) {
    Deno.removeSync(`${copy}-wal`);
    const found = [jobsOf(copy, true), jobsOf(copy, false)];
    assertEquals(found[0], found[1]);
    if (found[0] === undefined) refused++;
    else assertEquals(found[0], jobs, copy);
  }
  assert(refused > 0);
});

Deno.test("PartialMark detects a copy without -wal and .lock files", () => {
  using folder = new Folder();
  for (const [copy, jobs] of moments(folder)) {
    for (const part of ["-wal", ".lock"]) Deno.removeSync(copy + part);
    const found = jobsOf(copy, false);
    assert(found === undefined || found === jobs, copy);
  }
});
