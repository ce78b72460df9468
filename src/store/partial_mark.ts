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

/** The marks are numbers up to this one, so that no two of a file are the same. */
const MOST_MARKS = 2 ** 48;

/** Notes outside the file which mark is being set in it: the lock of the writer. */
export interface MarkWitness {
  /** Notes the mark that is being set, or that none is. */
  note(marking: number | undefined): void;
}

/**
 * A mark that stands in the file while commits are missing from it. The commit that takes it away is the
 * first beside the file, so with all that is beside it the file is whole, and by itself it says that it is
 * not. When the commits are brought into the file, by whomever, the mark goes with them.
 *
 * As the mark is set, it stands in a file that lacks nothing. If the process dies then, and another program
 * brings what is beside the file into it, the content is that of a file that lacks what came later. So each
 * mark is another number, and a witness has the one that is being set:
 *
 * | step                                     | the file by itself | with what is beside it | witness |
 * | ---------------------------------------- | ------------------ | ---------------------- | ------- |
 * | commits are beside the file              | marked, lacks them | whole                  |         |
 * | a mark is set, and all brought into it   | becomes whole      | marked, lacks nothing  | the mark |
 * | the mark is taken away beside the file   | marked, whole      | whole                  | the mark |
 * | the next commit, which is acknowledged   | marked, lacks it   | whole                  |         |
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
   * @param db The file, to be written.
   * @param path Where it is.
   * @param synchronous How commits are written.
   * @param witness Notes the mark that is being set.
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
   * @param changedAt When the file was last changed, in epoch milliseconds.
   * @returns Whether that was done.
   */
  renew(changedAt: number): boolean {
    if (changedAt === this.#setAt && !this.#isDue()) return false;
    // If this fails, a copy may look whole for a while; nothing is lost.
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
    // Nothing but this commit may be beside the file. If a loss of power took it back, the file would say
    // for ever that it is not whole.
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
 * @param marking The mark that was being set when its last writer died, if one was.
 * @throws {StoreIncompleteError} If it does.
 */
export function refusePartial(
  db: DatabaseSync,
  path: string,
  version: number,
  marking: number | undefined,
): void {
  // Of one without a mark only this is known: in an older store all was beside the file at first.
  const isPartial = hasMark(db)
    ? lacksCommits(markOf(db), db, marking)
    : version === 0 && isInWal(db);
  if (isPartial) throw new StoreIncompleteError(path);
}

function lacksCommits(mark: number, db: DatabaseSync, marking: number | undefined): boolean {
  if (mark === 0) return false;
  if (mark !== marking) return true;
  // All was to be brought into the file. Where a part of it was, and the rest was removed, it is damaged.
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
