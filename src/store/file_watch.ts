// Detects that a store's file, or a file that belongs to it, was removed or replaced while it is open: data
// written after that would be lost. `journal_connection.ts` checks before and after each write, and a flow at
// intervals.

import { elapsed } from "../data/clock.ts";
import { StoreLockedError, StoreWriteError } from "../errors/store_errors.ts";
import { type FileIdentity, identityOf, mayLookAt } from "./file_identity.ts";
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

/**
 * Watches the files of a store that is open for writing.
 *
 * | state   | a write                                 | next state                               |
 * | ------- | --------------------------------------- | ---------------------------------------- |
 * | sound   | is done, and confirmed by another check | suspect, if a check finds a file missing |
 * |         |                                         | lost, if a write is not confirmed        |
 * |         |                                         | lost, if another process has the lock    |
 * | suspect | is done only if another check succeeds  | sound, if the check finds no fault       |
 * | lost    | is refused, as the last one is in doubt | none: the store has to be opened again   |
 */
export class FileWatch {
  readonly #path: string;
  readonly #lock: WriterLock;
  readonly #file: Watched | undefined;
  readonly #wal: Watched | undefined;
  readonly #index: Watched | undefined;
  #isSuspect = false;
  #lost: Error | undefined;
  #lookedAt = elapsed();

  /**
   * @param path The path of the store's file, which is open and has been written.
   * @param lock The lock of its writer.
   */
  constructor(path: string, lock: WriterLock) {
    this.#path = path;
    this.#lock = lock;
    this.#file = watched(path);
    this.#wal = watched(`${path}-wal`);
    this.#index = watched(`${path}-shm`);
  }

  /**
   * Checks the files before a write.
   *
   * @throws {StoreError} If the write would be lost.
   */
  ready(): void {
    if (this.#isSuspect || elapsed() - this.#lookedAt >= INTERVAL_MS) this.look();
    else if (this.#lost !== undefined) throw this.#lost;
  }

  /**
   * Checks the files after a write.
   *
   * @returns The time of the last change to the main file, in epoch milliseconds.
   * @throws {StoreError} If the write may have been lost. No further write is possible then.
   */
  confirm(): number {
    try {
      const changedAt = this.#withErrorContext(this.#file, MISSING.file)?.changedAt ?? 0;
      this.#withErrorContext(this.#wal, MISSING.wal);
      return changedAt;
    } catch (error) {
      this.#lost = error as Error;
      throw error;
    }
  }

  /**
   * Checks all files and the lock.
   *
   * @throws {StoreError} If a file is missing or replaced, or another process has taken the lock.
   */
  look(): void {
    if (this.#lost !== undefined) throw this.#lost;
    this.#lookedAt = elapsed();
    this.#isSuspect = true;
    this.#withErrorContext(this.#file, MISSING.file);
    this.#withErrorContext(this.#wal, MISSING.wal);
    this.#withErrorContext(this.#index, MISSING.index);
    if (!this.#lock.renew()) {
      // The changes by the other writer are unknown here, even after it has ended.
      this.#lost = new StoreLockedError(this.#path, WriterLock.holderOf(`${this.#path}.lock`));
      throw this.#lost;
    }
    this.#isSuspect = false;
  }

  #withErrorContext(watched: Watched | undefined, reason: string): FileIdentity | undefined {
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

/** Returns the identity of a file; `undefined` if the program has no permission to read it. */
function watched(path: string): Watched | undefined {
  if (!mayLookAt(path)) return undefined;
  const key = identityOf(path)?.key;
  return key === undefined ? undefined : { path, key };
}
