// The mark that distinguishes a store's file that was copied without the commits in its `-wal` from a
// complete one. `journal_file.ts` checks the mark when it opens a file; `journal_connection.ts` renews it.

import type { DatabaseSync, StatementSync } from "node:sqlite";
import { StoreIncompleteError } from "../errors/store_errors.ts";
import { identityOf, mayLookAt } from "./file_identity.ts";
import { numberOf } from "./schema.ts";

/** The number of pages in the `-wal` file from which on a checkpoint is made. */
const MANY_PAGES = 2_048;

/**
 * The number of writes between two counts of the pages. After large writes, SQLite makes the checkpoint
 * itself.
 */
const WRITES = 32;

/**
 * The maximum mark. Marks are random numbers from a large range, so that no two marks of a file are equal.
 */
const MOST_MARKS = 2 ** 48;

/**
 * A mark in the file itself that commits are missing from it. The commit that clears the mark is the first
 * one in the `-wal` file, so the file is complete together with its `-wal`, and marked as incomplete without
 * it. A checkpoint, by any process, moves that commit into the file and so clears the mark there.
 *
 * While the mark is being set, a complete file has it. If the process dies at that moment, and another
 * program makes a checkpoint, the file cannot be distinguished from an incomplete one by its content. Each
 * mark is therefore a different number, and a witness records the one that is being set:
 *
 * | step                                         | the file alone     | with its `-wal`  | witness  |
 * | -------------------------------------------- | ------------------ | ---------------- | -------- |
 * | commits are in the `-wal` file               | marked, incomplete | complete         |          |
 * | a mark is set, and a checkpoint made         | becomes complete   | marked, complete | the mark |
 * | the mark is cleared, in the `-wal` file      | marked, complete   | complete         | the mark |
 * | the next commit is stored, and acknowledged  | marked, incomplete | complete         |          |
 */
export class PartialMark {
  readonly #db: DatabaseSync;
  readonly #path: string;
  readonly #synchronous: "normal" | "full";
  readonly #witness: MarkWitness;
  readonly #count: StatementSync;
  /** The time of the last change to the file when the mark was set, in epoch milliseconds. */
  #setAt: number | undefined;
  #writes = 0;

  /**
   * @param db The database, open for writing.
   * @param path The path of the file.
   * @param synchronous The durability of commits.
   * @param witness Records the mark that is being set.
   */
  constructor(
    db: DatabaseSync,
    path: string,
    synchronous: "normal" | "full",
    witness: MarkWitness,
  ) {
    this.#db = db;
    this.#path = path;
    this.#synchronous = synchronous;
    this.#witness = witness;
    this.#count = db.prepare("PRAGMA wal_checkpoint(NOOP)");
  }

  /** Sets the mark for the first time. */
  begin(): void {
    this.#set();
    this.#clear();
    this.#note();
  }

  /**
   * Makes a checkpoint if there are many commits, and sets the mark again after a checkpoint by any process.
   *
   * @param changedAt The time of the last change to the file, in epoch milliseconds.
   * @returns `true` if the mark was set.
   */
  renew(changedAt: number): boolean {
    if (changedAt === this.#setAt && !this.#isDue()) return false;
    // If this fails, an incomplete copy may look complete for a while; nothing is lost.
    try {
      this.#set();
    } finally {
      this.#clear();
    }
    this.#note();
    return true;
  }

  /** Clears the mark before the file is closed, even if an earlier write failed or the file is being read. */
  end(): void {
    try {
      this.#clear();
      this.#db.prepare("PRAGMA wal_checkpoint(PASSIVE)").get();
    } catch {
      // The commits stay in the `-wal` file.
    }
  }

  #isDue(): boolean {
    if (++this.#writes < WRITES) return false;
    this.#writes = 0;
    return Number(this.#count.get()?.log) >= MANY_PAGES;
  }

  #set(): void {
    const mark = Math.ceil(Math.random() * MOST_MARKS);
    this.#witness.note(mark);
    this.#db.exec(`UPDATE writer SET is_partial = ${mark}`);
    this.#db.prepare("PRAGMA wal_checkpoint(PASSIVE)").get();
  }

  #clear(): void {
    // Synced, as this may be the only commit in the `-wal` file: if a loss of power undid it, the file would
    // stay marked as incomplete for ever.
    this.#db.exec("PRAGMA synchronous = full");
    try {
      this.#db.exec("UPDATE writer SET is_partial = 0 WHERE is_partial <> 0");
    } finally {
      this.#db.exec(`PRAGMA synchronous = ${this.#synchronous}`);
    }
    this.#witness.note(undefined);
  }

  #note(): void {
    this.#setAt = identityOf(this.#path)?.changedAt;
  }
}

/** Records the mark that is being set in a file, outside that file: in the lock file of the writer. */
export interface MarkWitness {
  /** Records the mark that is being set; `undefined` if none is. */
  note(marking: number | undefined): void;
}

/** Checks whether a file has commits in a `-wal` file; `true` if the program has no permission to check. */
export function hasCommitsBeside(path: string): boolean {
  const wal = `${path}-wal`;
  return !mayLookAt(wal) || (identityOf(wal)?.size ?? 0) > 0;
}

/**
 * Refuses a file that lacks commits.
 *
 * @param db The database, which was just opened.
 * @param path The path of the file.
 * @param version The version of its format.
 * @param marking The mark that was being set when the last writer died; `undefined` if there was none.
 * @throws {StoreIncompleteError} If the file lacks commits.
 */
export function refusePartial(
  db: DatabaseSync,
  path: string,
  version: number,
  marking: number | undefined,
): void {
  // A file of an older format has no mark, but is incomplete if it is empty and in WAL mode, as its first
  // commits went to the `-wal` file.
  const isPartial = hasMark(db)
    ? lacksCommits(markOf(db), db, marking)
    : version === 0 && isInWal(db);
  if (isPartial) throw new StoreIncompleteError(path);
}

function lacksCommits(mark: number, db: DatabaseSync, marking: number | undefined): boolean {
  if (mark === 0) return false;
  if (mark !== marking) return true;
  // A checkpoint with this mark was to complete the file. If the `-wal` file was removed before the
  // checkpoint was finished, the file is damaged.
  return db.prepare("PRAGMA integrity_check(1)").get()?.integrity_check !== "ok";
}

function markOf(db: DatabaseSync): number {
  return numberOf(db, "SELECT coalesce(max(is_partial), 0) FROM writer");
}

/** Checks whether the format of a file has the mark, which older formats lack. */
function hasMark(db: DatabaseSync): boolean {
  const query = "SELECT count(*) FROM pragma_table_info('writer') WHERE name = 'is_partial'";
  return numberOf(db, query) > 0;
}

function isInWal(db: DatabaseSync): boolean {
  return db.prepare("PRAGMA journal_mode").get()?.journal_mode === "wal";
}
