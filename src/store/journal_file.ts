import type { DatabaseSync } from "node:sqlite";
import { now } from "../data/clock.ts";
import { StoreCorruptError } from "../errors/store_corrupt_error.ts";
import { StoreVersionError } from "../errors/store_version_error.ts";
import type { StoreWriter } from "../errors/store_locked_error.ts";
import { loadSqlite } from "./builtin.ts";
import { migrate, MIGRATIONS, versionOf } from "./schema.ts";

/** Milliseconds to wait for another connection as the file is opened; only moments are to be expected. */
const PATIENCE = 5_000;

/** The journal of commits is cut back to this many bytes after it was long. */
const WAL_LIMIT = 16 * 1024 * 1024;

/** Bytes of a page. */
const PAGE_SIZE = 8_192;

/** What every SQLite file begins with. */
const MAGIC = new TextEncoder().encode("SQLite format 3\0");

/**
 * Refuses a file that is no SQLite file, before anything is made beside it.
 *
 * @throws {StoreCorruptError} If it is there, has something in it, and is none.
 */
export function refuseOther(path: string): void {
  const begin = new Uint8Array(MAGIC.length);
  try {
    using file = Deno.openSync(path);
    if (file.readSync(begin) === null) return;
  } catch {
    return; // To make the file, or to tell why it cannot be read, is for those who open it.
  }
  if (MAGIC.some((byte, i) => begin[i] !== byte)) {
    throw new StoreCorruptError(path, "is no SQLite file");
  }
}

/** Opens a store's file to write, makes it if there is none, and brings it up to date. */
export function openToWrite(path: string, synchronous: "normal" | "full"): DatabaseSync {
  const db = connect(path, false);
  try {
    versionOf(db, path);
    // Both are kept in the file, and taken only while it is empty.
    db.exec(`PRAGMA page_size = ${PAGE_SIZE}; PRAGMA auto_vacuum = INCREMENTAL`);
    db.exec(`PRAGMA journal_mode = WAL; PRAGMA synchronous = ${synchronous}`);
    // By itself SQLite brings commits into the file every thousand pages, which takes longer.
    db.exec(`PRAGMA wal_autocheckpoint = ${WAL_LIMIT / PAGE_SIZE}`);
    db.exec(`PRAGMA journal_size_limit = ${WAL_LIMIT}`);
    migrate(db, path);
    db.prepare("REPLACE INTO writer (id, pid, since) VALUES (1, ?, ?)").run(Deno.pid, now());
    // From now on the thread must not stand still for a lock: its flow tries again later.
    db.exec("PRAGMA busy_timeout = 0");
    return db;
  } catch (error) {
    db.close();
    throw error;
  }
}

/** Opens a store's file to read, while another process may write it. */
export function openToRead(path: string): DatabaseSync {
  const db = connect(path, true);
  try {
    const version = versionOf(db, path);
    if (version !== MIGRATIONS.length) {
      throw new StoreVersionError(path, version, MIGRATIONS.length);
    }
    return db;
  } catch (error) {
    db.close();
    throw error;
  }
}

/** Who writes a store's file, as far as that can be told. */
export function writerOf(path: string): StoreWriter | undefined {
  try {
    const db = connect(path, true);
    try {
      const row = db.prepare("SELECT pid, since FROM writer").get();
      return row && { pid: Number(row.pid), since: Number(row.since) };
    } finally {
      db.close();
    }
  } catch {
    return undefined;
  }
}

function connect(path: string, readOnly: boolean): DatabaseSync {
  const { DatabaseSync } = loadSqlite();
  return new DatabaseSync(path, { readOnly, timeout: PATIENCE });
}
