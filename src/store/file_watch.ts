// Notices that a store's file, or what belongs to it, was removed, replaced, overwritten or cut while it is
// open: what is written then is lost. `journal_connection.ts` asks before and after each write, and a flow
// from time to time.

import type { DatabaseSync } from "node:sqlite";
import { elapsed } from "../data/clock.ts";
import { StoreCorruptError, StoreLockedError, StoreWriteError } from "../errors/store_errors.ts";
import { type FileIdentity, identityOf, mayLookAt } from "./file_identity.ts";
import { walStateOf } from "./wal_state.ts";
import { WriterLock } from "./writer_lock.ts";

/**
 * The interval of a complete check before a write, in milliseconds. Other writes are checked only after they
 * are done.
 */
const INTERVAL_MS = 1_000;

/** A file that has to stay at its path. */
interface Watched {
  readonly path: string;
  readonly key: string;
}

/** The content of the files as this process left it. */
interface Content {
  /** When the file was last changed, and its size. */
  readonly file: FileIdentity | undefined;
  /** The last checkpoint, which alone changes the file. */
  readonly checkpoint: string;
}

/**
 * Watches the files of a store that is open for writing.
 *
 * | state   | a write                                | left by                                           |
 * | ------- | -------------------------------------- | ------------------------------------------------- |
 * | sound   | is done, and confirmed by another look | something is not as it was left: suspect; another writer, or damage: lost |
 * | suspect | is refused, after a look               | a look that finds all as it was left: sound       |
 * | lost    | is refused                             | (the store has to be opened again)                |
 *
 * A write that is not confirmed is in doubt. If a look finds all in its place later, it is stored.
 */
export class FileWatch {
  readonly #db: DatabaseSync;
  readonly #path: string;
  readonly #lock: WriterLock;
  readonly #file: Watched | undefined;
  readonly #wal: Watched | undefined;
  readonly #index: Watched | undefined;
  /** Absent if the program may not look at the files. */
  #content: Content | undefined;
  /** The bytes of the `-wal` after the last write. */
  #walSize = 0;
  #isSuspect = false;
  #lost: Error | undefined;
  #lookedAt = elapsed();

  /**
   * @param db The store's file, which has been written.
   * @param path Where it is.
   * @param lock The lock of its writer.
   */
  constructor(db: DatabaseSync, path: string, lock: WriterLock) {
    this.#db = db;
    this.#path = path;
    this.#lock = lock;
    this.#file = watched(path);
    this.#wal = watched(`${path}-wal`);
    this.#index = watched(`${path}-shm`);
    this.note();
  }

  /** Notes the content of the files after a checkpoint of this process. */
  note(): void {
    if (this.#file === undefined || this.#wal === undefined) return;
    this.#walSize = identityOf(this.#wal.path)?.size ?? 0;
    const { checkpoint } = walStateOf(this.#db, this.#wal.path);
    this.#content = { file: identityOf(this.#file.path), checkpoint };
  }

  /**
   * Checks the files before a write.
   *
   * @throws {StoreError} If the write would be lost.
   */
  ready(): void {
    if (this.#lost !== undefined) throw this.#lost;
    if (this.#isSuspect || elapsed() - this.#lookedAt >= INTERVAL_MS) return this.look();
    this.#suspecting(() => this.#checkWal());
  }

  /**
   * Checks the files after a write.
   *
   * @returns When the file itself was last changed, in epoch milliseconds.
   * @throws {StoreError} If the write may have been lost.
   */
  confirm(): number {
    return this.#suspecting(() => {
      const changedAt = this.#checkFile();
      this.#walSize = this.#found(this.#wal, MISSING.wal)?.size ?? 0;
      return changedAt;
    });
  }

  /**
   * Checks all files and the lock.
   *
   * @throws {StoreError} If something is not as it was left.
   */
  look(): void {
    if (this.#lost !== undefined) throw this.#lost;
    this.#lookedAt = elapsed();
    this.#suspecting(() => {
      this.#checkFile();
      this.#checkWal();
      this.#found(this.#index, MISSING.index);
      if (this.#wal === undefined) return;
      const { pages, hasHeader } = walStateOf(this.#db, this.#wal.path);
      if (pages > 0 && !hasHeader) throw new StoreCorruptError(this.#path, CUT);
    });
    if (this.#lock.renew()) return;
    // What another has written is not known here, also when it has ended.
    throw this.lose(
      new StoreLockedError(this.#path, WriterLock.holderOf(`${this.#path}.lock`)),
    );
  }

  /** Refuses all writes from now on, for a reason that does not pass. */
  lose(reason: Error): Error {
    this.#lost ??= reason;
    return this.#lost;
  }

  /** What is found amiss is looked for again before the next write. */
  #suspecting<T>(work: () => T): T {
    this.#isSuspect = true;
    const result = work();
    this.#isSuspect = false;
    return result;
  }

  /** Checks that the file is there, and was not changed but by a checkpoint. */
  #checkFile(): number {
    const found = this.#found(this.#file, MISSING.file);
    const { file, checkpoint } = this.#content ?? {};
    if (found === undefined || file === undefined) return found?.changedAt ?? 0;
    if (found.changedAt !== file.changedAt || found.size !== file.size) {
      // It may have been one of SQLite by itself, or of another program.
      const state = walStateOf(this.#db, `${this.#path}-wal`);
      // One that is being made shows only when it is done: the next look finds it.
      if (state.checkpoint === checkpoint) throw new StoreCorruptError(this.#path, OVERWRITTEN);
      this.#content = { file: found, checkpoint: state.checkpoint };
    }
    return found.changedAt;
  }

  /** Checks that the `-wal` is there, and holds all that was written to it. */
  #checkWal(): void {
    const found = this.#found(this.#wal, MISSING.wal);
    if (found === undefined || found.size >= this.#walSize) return;
    // Other programs may cut it when all of it is in the file.
    if (walStateOf(this.#db, `${this.#path}-wal`).pages > 0) {
      throw new StoreCorruptError(this.#path, CUT);
    }
    this.#walSize = found.size;
  }

  #found(watched: Watched | undefined, reason: string): FileIdentity | undefined {
    if (watched === undefined) return undefined;
    const found = identityOf(watched.path);
    if (found?.key === watched.key) return found;
    const replaced = found !== undefined && watched === this.#file;
    throw new StoreWriteError(this.#path, replaced ? REPLACED : reason);
  }
}

const MISSING = {
  file: "it was removed or renamed while it was open; bring it back under this name, " +
    "or close the store and open a new one",
  wal: "its -wal file was removed while it was open; close the store, " +
    "which brings its commits into the file, and open it again",
  index: "its -shm file was removed while it was open; close the store and open it again",
} as const;

const REPLACED = "another file was put in its place while it was open; put it back, " +
  "or close the store and open it again to go on with the other one";

const OVERWRITTEN = "was changed by something other than SQLite while it was open, so that it is " +
  "no longer what was written; close the store";

const CUT = "has lost commits, as its -wal file was cut while it was open; close the store";

/** Returns the identity of a file; `undefined` if the program has no permission to read it. */
function watched(path: string): Watched | undefined {
  if (!mayLookAt(path)) return undefined;
  const key = identityOf(path)?.key;
  return key === undefined ? undefined : { path, key };
}
