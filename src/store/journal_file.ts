import type { DatabaseSync } from "node:sqlite";
import { now } from "../data/clock.ts";
import { StoreReadError, StoreVersionError } from "../errors/store_errors.ts";
import { loadSqlite } from "./builtin.ts";
import { identityOf, mayLookAt, realPathOf } from "./file_identity.ts";
import { writerOf } from "./open_journals.ts";
import { hasCommitsBeside, refusePartial } from "./partial_mark.ts";
import { migrate, MIGRATIONS, versionOf } from "./schema.ts";

/** Milliseconds to wait for another connection as the file is opened; only moments are to be expected. */
const PATIENCE = 5_000;

/** The journal of commits is cut back to this many bytes after it was long. */
const WAL_LIMIT = 16 * 1024 * 1024;

/** Bytes of a page. */
const PAGE_SIZE = 8_192;

/** Settings for opening a store's file. */
export interface FileSettings {
  /** The durability of a commit. */
  readonly synchronous: "normal" | "full";
  /** `true` if it is opened although commits are missing from it. */
  readonly salvage: boolean;
}

/** Opens a store's file to write, makes it if there is none, and brings it up to date. */
export function openToWrite(path: string, { synchronous, salvage }: FileSettings): DatabaseSync {
  const isBare = !hasCommitsBeside(path);
  const db = connect(path, false);
  try {
    const version = versionOf(db, path);
    if (isBare && !salvage) refusePartial(db, path, version);
    // Both are kept in the file, and taken only while it is empty.
    db.exec(`PRAGMA page_size = ${PAGE_SIZE}; PRAGMA auto_vacuum = INCREMENTAL`);
    // Before there can be commits beside the file, so that one without tables is not whole.
    migrate(db, path);
    db.exec(`PRAGMA journal_mode = WAL; PRAGMA synchronous = ${synchronous}`);
    // By itself SQLite brings commits into the file every thousand pages, which takes longer. That is
    // done before it comes to this, but for large commits.
    db.exec(`PRAGMA wal_autocheckpoint = ${2 * WAL_LIMIT / PAGE_SIZE}`);
    db.exec(`PRAGMA journal_size_limit = ${WAL_LIMIT}`);
    db.prepare("REPLACE INTO writer (id, pid, since, path) VALUES (1, ?, ?, ?)")
      .run(Deno.pid, now(), path);
    return db;
  } catch (error) {
    db.close();
    throw error;
  }
}

/** Opens a store's file to read, while another process may write it. */
export function openToRead(path: string, { salvage }: FileSettings): DatabaseSync {
  let isBare = !hasCommitsBeside(path);
  const db = connect(path, true);
  try {
    const version = versionOf(db, path);
    // Its writer may have begun, or ended, between the two.
    isBare &&= !hasCommitsBeside(path);
    if (isBare && !salvage) refusePartial(db, path, version);
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

/** From now on the thread does not stand still for a lock: what was to be written is written later. */
export function waitNoMore(db: DatabaseSync): void {
  db.exec("PRAGMA busy_timeout = 0");
}

/**
 * The name by which a file is opened, of those that it has: SQLite looks for the commits that are not in
 * the file yet beside the name that it is given, so that there must be one for all. It is the name that
 * the file was last written by, as long as that still leads to it.
 *
 * @param path A name of the file.
 */
export function homeOf(path: string): string {
  const file = identityOf(path);
  // A mount of a single file is not counted among its names; but no commits are beside it.
  if (file === undefined || file.names < 2 && hasCommitsBeside(path)) return path;
  const recorded = writerOf(path)?.path ?? recordedHome(path);
  if (recorded === undefined || !mayLookAt(recorded)) return path;
  const home = realPathOf(recorded);
  return identityOf(home)?.key === file.key ? home : path;
}

/** Looks at the file alone, without locks and without what belongs to one of its names. */
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
    return undefined; // What is wrong with it is reported to those who open it.
  }
}

function connect(path: string, readOnly: boolean): DatabaseSync {
  const { DatabaseSync } = loadSqlite();
  return new DatabaseSync(path, { readOnly, timeout: PATIENCE });
}
