// The lock that makes one process the writer of a store's file, in a file of its own beside it. Used by
// `JournalConnection`.

import type { StoreWriter } from "../errors/store_errors.ts";
import { now } from "../data/clock.ts";
import { identityOf, keyOf } from "./file_identity.ts";

/** The number of attempts to create a lock file that is removed while it is being locked. */
const ATTEMPTS = 10;

/** The content of a lock file. */
interface LockNote extends StoreWriter {
  /** The mark that is being set in the store's file, if any; see `PartialMark`. */
  readonly marking?: number | undefined;
}

/** The length of the content of a lock file, in bytes. It is fixed, so that one write replaces it. */
const NOTE_SIZE = 128;

/**
 * A lock of the operating system on a file beside the store's file. The lock ends with the process, so no
 * stale lock can be left. The lock file contains the id of the process that holds the lock, and is not
 * removed.
 *
 * The store's file itself is not locked, as closing a second handle of it would release the locks of SQLite.
 */
export class WriterLock implements Disposable {
  readonly #path: string;
  #file: Deno.FsFile;
  readonly #wasMade: boolean;
  readonly #since = now();
  #marking: number | undefined;

  private constructor(path: string, file: Deno.FsFile, wasMade: boolean) {
    this.#path = path;
    this.#file = file;
    this.#wasMade = wasMade;
    this.#marking = noteIn(file)?.marking;
  }

  /**
   * Takes a lock if it is free.
   *
   * @param path The file to lock, which is created if it does not exist.
   * @returns The lock; `undefined` if another process holds it.
   */
  static take(path: string): WriterLock | undefined {
    const wasMade = identityOf(path) === undefined;
    const file = lock(path);
    if (file === undefined) return undefined;
    const taken = new WriterLock(path, file, wasMade);
    taken.note(taken.marking);
    return taken;
  }

  /** Returns the process that holds the lock of a file, if it is known. */
  static holderOf(path: string): StoreWriter | undefined {
    const note = noteAt(path);
    return note && { pid: note.pid, since: note.since };
  }

  /** Returns the mark that was being set in the store's file when its last writer died, if any. */
  static markingOf(path: string): number | undefined {
    return noteAt(path)?.marking;
  }

  /** The mark that is being set in the store's file, or was being set when its last writer died. */
  get marking(): number | undefined {
    return this.#marking;
  }

  /** Records the mark that is being set in the store's file, so that it is known if the process dies. */
  note(marking: number | undefined): void {
    this.#marking = marking;
    sign(this.#file, { pid: Deno.pid, since: this.#since, marking });
  }

  /**
   * Ensures that other processes see the lock, even if its file was removed.
   *
   * @returns `true` if the lock is still held; `false` if another process has taken it meanwhile, even if it
   * has released it since.
   */
  renew(): boolean {
    if (isAt(this.#file, this.#path)) return true;
    const file = identityOf(this.#path) === undefined ? lock(this.#path) : undefined;
    if (file === undefined) return false;
    this.#file.close();
    this.#file = file;
    this.note(this.#marking);
    return true;
  }

  /** Removes the lock file if it was created for this lock, for a file that turned out not to be a store. */
  undo(): void {
    try {
      if (this.#wasMade && isAt(this.#file, this.#path)) Deno.removeSync(this.#path);
    } catch {
      // The lock file stays, which does no harm.
    }
  }

  /** Releases the lock. */
  [Symbol.dispose](): void {
    // Unlocked explicitly, as a child process that is being started may have inherited the file.
    this.#file.unlockSync();
    this.#file.close();
  }
}

function lock(path: string): Deno.FsFile | undefined {
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    const file = Deno.openSync(path, { read: true, write: true, create: true });
    if (!file.tryLockSync(true)) {
      file.close();
      return undefined;
    }
    if (isAt(file, path)) return file;
    // The file was removed before it was locked, so another process could lock a new file with this name.
    file.close();
  }
  throw new Error(`${path} is removed as soon as it is created; do not remove it`);
}

/** Checks whether an open file is the one at its path. */
function isAt(file: Deno.FsFile, path: string): boolean {
  const key = keyOf(file.statSync());
  return key === undefined || identityOf(path)?.key === key;
}

function sign(file: Deno.FsFile, note: LockNote): void {
  file.seekSync(0, Deno.SeekMode.Start);
  file.writeSync(new TextEncoder().encode(JSON.stringify(note).padEnd(NOTE_SIZE)));
  file.truncateSync(NOTE_SIZE);
}

function noteIn(file: Deno.FsFile): LockNote | undefined {
  const bytes = new Uint8Array(NOTE_SIZE);
  file.seekSync(0, Deno.SeekMode.Start);
  return parsed(new TextDecoder().decode(bytes.subarray(0, file.readSync(bytes) ?? 0)));
}

function noteAt(path: string): LockNote | undefined {
  try {
    return parsed(Deno.readTextFileSync(path));
  } catch {
    return undefined;
  }
}

function parsed(text: string): LockNote | undefined {
  try {
    const { pid, since, marking } = JSON.parse(text);
    if (typeof pid !== "number" || typeof since !== "number") return undefined;
    return { pid, since, marking: typeof marking === "number" ? marking : undefined };
  } catch {
    return undefined;
  }
}
