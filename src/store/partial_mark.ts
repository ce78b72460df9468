// The mark by which a store's file that was copied without the commits in its `-wal` differs from a whole one.
// `journal_file.ts` looks at the mark as it opens a file, `journal_connection.ts` sets it anew.

import type { DatabaseSync, StatementSync } from "node:sqlite";
import { StoreIncompleteError } from "../errors/store_errors.ts";
import { identityOf, mayLookAt } from "./file_identity.ts";
import { numberOf } from "./schema.ts";

/** Commits are brought into the file when there are this many pages of them beside it. */
const MANY_PAGES = 2_048;

/** The pages are counted after this many writes; if they are many by then, SQLite has done it by itself. */
const WRITES = 32;

/**
 * A mark that stands in the file while commits are missing from it. The commit that takes it away is the
 * first beside the file, so with all that is beside it the file is whole, and by itself it says that it is
 * not. When the commits are brought into the file, by whomever, the mark goes with them.
 */
export class PartialMark {
  readonly #db: DatabaseSync;
  readonly #path: string;
  readonly #synchronous: "normal" | "full";
  readonly #count: StatementSync;
  /** When the file was last changed as the mark was set, in epoch milliseconds. */
  #setAt: number | undefined;
  #writes = 0;

  /**
   * @param db The file, to be written.
   * @param path Where it is.
   * @param synchronous How commits are written.
   */
  constructor(db: DatabaseSync, path: string, synchronous: "normal" | "full") {
    this.#db = db;
    this.#path = path;
    this.#synchronous = synchronous;
    this.#count = db.prepare("PRAGMA wal_checkpoint(NOOP)");
  }

  /** Sets the mark for the first time. */
  begin(): void {
    this.#set();
    // Nothing but this commit may be beside the file. If a loss of power took it back, the file would say
    // for ever that it is not whole.
    this.#db.exec("PRAGMA synchronous = full");
    this.#clear();
    this.#db.exec(`PRAGMA synchronous = ${this.#synchronous}`);
    this.#note();
  }

  /**
   * Brings commits into the file when there are many, and sets the mark anew when that was done, by
   * whomever.
   *
   * @param changedAt When the file was last changed, in epoch milliseconds.
   */
  renew(changedAt: number): void {
    if (changedAt === this.#setAt && !this.#isDue()) return;
    // If this fails, a copy may look whole for a while; nothing is lost.
    try {
      this.#set();
    } finally {
      this.#clear();
    }
    this.#note();
  }

  /** Sees to it that a file is whole when it is closed, whatever failed before, and whoever reads it. */
  end(): void {
    try {
      this.#clear();
      this.#db.prepare("PRAGMA wal_checkpoint(PASSIVE)").get();
    } catch {
      // The commits stay beside the file then.
    }
  }

  #isDue(): boolean {
    if (++this.#writes < WRITES) return false;
    this.#writes = 0;
    return Number(this.#count.get()?.log) >= MANY_PAGES;
  }

  #set(): void {
    this.#db.exec("UPDATE writer SET is_partial = 1");
    this.#db.prepare("PRAGMA wal_checkpoint(PASSIVE)").get();
  }

  #clear(): void {
    this.#db.exec("UPDATE writer SET is_partial = 0 WHERE is_partial <> 0");
  }

  #note(): void {
    this.#setAt = identityOf(this.#path)?.changedAt;
  }
}

/** Checks whether there are commits beside a file, as far as the program may know. */
export function hasCommitsBeside(path: string): boolean {
  const wal = `${path}-wal`;
  return !mayLookAt(wal) || (identityOf(wal)?.size ?? 0) > 0;
}

/**
 * Refuses a file that lacks commits.
 *
 * @param db The file, just opened.
 * @param path Where it is.
 * @param version The version of its format.
 * @throws {StoreIncompleteError} If it does.
 */
export function refusePartial(db: DatabaseSync, path: string, version: number): void {
  // Of one without a mark only this is known: in an older store all was beside the file at first.
  const isPartial = hasMark(db)
    ? numberOf(db, "SELECT count(*) FROM writer WHERE is_partial <> 0") > 0
    : version === 0 && isInWal(db);
  if (isPartial) throw new StoreIncompleteError(path);
}

/** Older stores have none. */
function hasMark(db: DatabaseSync): boolean {
  const query = "SELECT count(*) FROM pragma_table_info('writer') WHERE name = 'is_partial'";
  return numberOf(db, query) > 0;
}

function isInWal(db: DatabaseSync): boolean {
  return db.prepare("PRAGMA journal_mode").get()?.journal_mode === "wal";
}
