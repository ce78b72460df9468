// Detects that a store's file, or a file that belongs to it, was removed, replaced, overwritten or truncated
// while it is open: data written after that would be lost. `journal_connection.ts` checks before and after
// each write, and a flow at intervals.

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
  /** The time of the last change to the main file, and its size. */
  readonly file: FileIdentity | undefined;
  /** The state of checkpoints, as only a checkpoint changes the main file. */
  readonly checkpoint: string;
}

/**
 * Watches the files of a store that is open for writing.
 *
 * | state   | a write                                | next state                                        |
 * | ------- | -------------------------------------- | ------------------------------------------------- |
 * | sound   | is done, and confirmed by a check      | suspect, if a check finds a fault of the files    |
 * |         |                                        | lost, if another process has become the writer    |
 * |         |                                        | lost, if SQLite finds damage in a write           |
 * | suspect | is done only if a full check succeeds  | sound, if the check finds no fault                |
 * |         |                                        | lost, if another process has become the writer    |
 * | lost    | is refused                             | none: the store has to be opened again            |
 *
 * A write that is not confirmed is in doubt. It is stored if a later check finds no fault.
 */
export class FileWatch {
  readonly #db: DatabaseSync;
  readonly #path: string;
  readonly #lock: WriterLock;
  readonly #file: Watched | undefined;
  readonly #wal: Watched | undefined;
  readonly #index: Watched | undefined;
  /** `undefined` if the program has no permission to read the files. */
  #content: Content | undefined;
  /** The size of the `-wal` file after the last write, in bytes. */
  #walSize = 0;
  #isSuspect = false;
  #lost: Error | undefined;
  #lookedAt = elapsed();

  /**
   * @param db The database, which has been written.
   * @param path The path of the main file.
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

  /** Records the content of the files after a checkpoint of this process. */
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
   * @returns The time of the last change to the main file, in epoch milliseconds.
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
   * @throws {StoreError} If a file is missing, replaced or changed, or another process has taken the lock.
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
    // The changes by the other writer are unknown here, even after it has ended.
    throw this.lose(
      new StoreLockedError(this.#path, WriterLock.holderOf(`${this.#path}.lock`)),
    );
  }

  /** Refuses all writes from now on, with this error or an earlier one, which is returned. */
  lose(reason: Error): Error {
    this.#lost ??= reason;
    return this.#lost;
  }

  /** Calls a check. If it finds a fault, all files are checked before the next write. */
  #suspecting<T>(work: () => T): T {
    this.#isSuspect = true;
    const result = work();
    this.#isSuspect = false;
    return result;
  }

  /** Checks that the main file is in place, and was changed only by checkpoints. */
  #checkFile(): number {
    const found = this.#found(this.#file, MISSING.file);
    const { file, checkpoint } = this.#content ?? {};
    if (found === undefined || file === undefined) return found?.changedAt ?? 0;
    if (found.changedAt !== file.changedAt || found.size !== file.size) {
      // SQLite makes checkpoints by itself after large commits, and other programs make them as well.
      const state = walStateOf(this.#db, `${this.#path}-wal`);
      // A checkpoint is visible only when it is finished. If one is being made, a later check succeeds.
      if (state.checkpoint === checkpoint) throw new StoreCorruptError(this.#path, OVERWRITTEN);
      this.#content = { file: found, checkpoint: state.checkpoint };
    }
    return found.changedAt;
  }

  /** Checks that the `-wal` file is in place, and has all that was written to it. */
  #checkWal(): void {
    const found = this.#found(this.#wal, MISSING.wal);
    if (found === undefined || found.size >= this.#walSize) return;
    // Other programs may truncate it after a checkpoint of all its commits.
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

const CUT = "has lost commits, as its -wal file was truncated while it was open; close the store";

/** Returns the identity of a file; `undefined` if the program has no permission to read it. */
function watched(path: string): Watched | undefined {
  if (!mayLookAt(path)) return undefined;
  const key = identityOf(path)?.key;
  return key === undefined ? undefined : { path, key };
}
