// Opens a store's file: settings of SQLite, migrations, and the checks of a copy that lacks commits. Called
// by `JournalConnection`.

import type { DatabaseSync } from "node:sqlite";
import { now } from "../data/clock.ts";
import { StoreReadError, StoreVersionError } from "../errors/store_errors.ts";
import { loadSqlite } from "./builtin.ts";
import { identityOf, mayLookAt, realPathOf } from "./file_identity.ts";
import { writerOf } from "./open_journals.ts";
import { hasCommitsBeside, refusePartial } from "./partial_mark.ts";
import { migrate, MIGRATIONS, versionOf } from "./schema.ts";
import { WriterLock } from "./writer_lock.ts";

/**
 * The maximum wait for another connection when the file is opened for reading, in milliseconds. Such waits
 * are usually short.
 */
const PATIENCE = 5_000;

/**
 * The maximum wait when the file is opened for writing, in milliseconds. It is short, as another program may
 * hold the lock for long, and the wait blocks the thread.
 */
const WRITER_PATIENCE = 100;

/** The size to which the `-wal` file is truncated after a checkpoint, in bytes. */
const WAL_LIMIT = 16 * 1024 * 1024;

/** The size of a page, in bytes. */
const PAGE_SIZE = 8_192;

/** Settings for opening a store's file. */
export interface FileSettings {
  /** The durability of a commit. */
  readonly synchronous: "normal" | "full";
  /** `true` to open the file although commits are missing from it. */
  readonly salvage: boolean;
}

/**
 * Opens a store's file for writing. Creates it if it does not exist, and migrates an older format. A file of
 * the latest format is not written yet, so it can be opened while another program holds the lock of SQLite.
 *
 * @param path The path of the file, which this process has locked.
 * @param settings The settings for opening the file.
 * @param marking The mark that was being set when the last writer died; `undefined` if there was none.
 */
export function openToWrite(
  path: string,
  { synchronous, salvage }: FileSettings,
  marking?: number,
): DatabaseSync {
  const isBare = !hasCommitsBeside(path);
  const db = connect(path, false);
  try {
    const version = versionOf(db, path);
    if (isBare && !salvage) refusePartial(db, path, version, marking);
    // Both settings are stored in the file, and take effect only while it is empty.
    if (version === 0) {
      db.exec(`PRAGMA page_size = ${PAGE_SIZE}; PRAGMA auto_vacuum = INCREMENTAL`);
    }
    db.exec(`PRAGMA synchronous = ${synchronous}`);
    // By default, SQLite makes a checkpoint every thousand pages, which is slower. `PartialMark` makes
    // checkpoints before this limit is reached, except for large commits.
    db.exec(`PRAGMA wal_autocheckpoint = ${2 * WAL_LIMIT / PAGE_SIZE}`);
    // Migrated before commits can go to a `-wal` file, so that a file in WAL mode without tables is known to
    // be incomplete.
    migrate(db, path);
    return db;
  } catch (error) {
    db.close();
    throw error;
  }
}

/** Enters this process as the writer of a file that {@linkcode openToWrite} has opened. */
export function beginToWrite(db: DatabaseSync, path: string): void {
  db.exec(`PRAGMA journal_mode = WAL; PRAGMA journal_size_limit = ${WAL_LIMIT}`);
  db.prepare("REPLACE INTO writer (id, pid, since, path) VALUES (1, ?, ?, ?)")
    .run(Deno.pid, now(), path);
}

/** Opens a store's file for reading, while another process may write it. */
export function openToRead(path: string, { salvage }: FileSettings): DatabaseSync {
  let isBare = !hasCommitsBeside(path);
  const db = connect(path, true);
  try {
    const version = versionOf(db, path);
    // Checked again, as a writer may have begun or ended meanwhile.
    isBare &&= !hasCommitsBeside(path);
    if (isBare && !salvage) {
      refusePartial(db, path, version, WriterLock.markingOf(`${path}.lock`));
    }
    if (version === 0) throw new StoreReadError(path, "it is empty; give the path of a store");
    if (version !== MIGRATIONS.length) {
      throw new StoreVersionError(path, version, MIGRATIONS.length);
    }
    return db;
  } catch (error) {
    db.close();
    throw error;
  }
}

/**
 * Disables waiting for locks, which would block the thread: a write that finds the file locked fails, and is
 * retried later.
 */
export function waitNoMore(db: DatabaseSync): void {
  db.exec("PRAGMA busy_timeout = 0");
}

/**
 * Returns the name by which a file with several names is opened. SQLite looks for the `-wal` file beside the
 * name that it is given, so all processes must use the same one: the name by which the file was last written,
 * as long as that still refers to the file.
 *
 * @param path A name of the file.
 */
export function homeOf(path: string): string {
  const file = identityOf(path);
  // The mount point of a single file does not count as a name, but has no `-wal` file beside it.
  if (file === undefined || file.names < 2 && hasCommitsBeside(path)) return path;
  const recorded = writerOf(path)?.path ?? recordedHome(path);
  if (recorded === undefined || !mayLookAt(recorded)) return path;
  const home = realPathOf(recorded);
  return identityOf(home)?.key === file.key ? home : path;
}

/** Reads the recorded name from the file alone, without locks and without a `-wal` file. */
function recordedHome(path: string): string | undefined {
  const url = globalThis.process.getBuiltinModule("node:url").pathToFileURL(path);
  try {
    if (Deno.permissions.querySync({ name: "read" }).state !== "granted") return undefined;
    const db = connect(`${url}?immutable=1`, true);
    try {
      const home = db.prepare("SELECT path FROM writer").get()?.path;
      return typeof home === "string" ? home : undefined;
    } finally {
      db.close();
    }
  } catch {
    return undefined; // Faults of the file are reported when it is opened.
  }
}

function connect(path: string, readOnly: boolean): DatabaseSync {
  const { DatabaseSync } = loadSqlite();
  return new DatabaseSync(path, { readOnly, timeout: readOnly ? PATIENCE : WRITER_PATIENCE });
}
