// Notices that a store's file, or what belongs to it, was removed or replaced while it is open: what is
// written then goes to a file that nobody will find again. `journal_connection.ts` asks before and after
// each write, and a flow from time to time.

import { elapsed } from "../data/clock.ts";
import { StoreLockedError, StoreWriteError } from "../errors/store_errors.ts";
import { type FileIdentity, identityOf, mayLookAt } from "./file_identity.ts";
import { WriterLock } from "./writer_lock.ts";

/** Milliseconds after which all is looked at before a write, and not only what each write depends on. */
const INTERVAL_MS = 1_000;

/** A file that has to stay where it is. */
interface Watched {
  readonly path: string;
  readonly key: string;
}

/**
 * Watches the files of a store that is written.
 *
 * | state   | a write                                    | left by                                        |
 * | ------- | ------------------------------------------ | ---------------------------------------------- |
 * | sound   | is done, and confirmed by another look     | a look that finds something gone: suspect; a write that is not confirmed, or another writer: lost |
 * | suspect | is refused, after a look                   | a look that finds all in its place: sound      |
 * | lost    | is refused: the last one is in doubt       | (the store has to be opened again)             |
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
   * @param path The store's file, which is open, and has been written.
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
   * Looks before a write.
   *
   * @throws {StoreError} If it would be lost.
   */
  ready(): void {
    if (this.#isSuspect || elapsed() - this.#lookedAt >= INTERVAL_MS) this.look();
    else if (this.#lost !== undefined) throw this.#lost;
  }

  /**
   * Looks after a write.
   *
   * @returns When the file itself was last changed, in epoch milliseconds.
   * @throws {StoreError} If the write may have been lost. No other is possible then.
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
   * Looks at everything.
   *
   * @throws {StoreError} If something is gone.
   */
  look(): void {
    if (this.#lost !== undefined) throw this.#lost;
    this.#lookedAt = elapsed();
    this.#isSuspect = true;
    this.#withErrorContext(this.#file, MISSING.file);
    this.#withErrorContext(this.#wal, MISSING.wal);
    this.#withErrorContext(this.#index, MISSING.index);
    if (!this.#lock.renew()) {
      // What another has written is not known here, also when it has ended.
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

/** A file as it is now; `undefined` if the program may not look at it. */
function watched(path: string): Watched | undefined {
  if (!mayLookAt(path)) return undefined;
  const key = identityOf(path)?.key;
  return key === undefined ? undefined : { path, key };
}
