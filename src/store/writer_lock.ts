import type { StoreWriter } from "../errors/store_errors.ts";
import { now } from "../data/clock.ts";
import { identityOf, keyOf } from "./file_identity.ts";

/** Number of times that a lock file is made anew when it was removed while it was being locked. */
const ATTEMPTS = 10;

/**
 * A lock of the operating system on a file beside the store's. It ends with the process, however that
 * ends, so there is none to clean up. The file says who holds the lock, and stays.
 *
 * The store's own file will not do: closing a second handle of it would free the locks of SQLite.
 */
export class WriterLock implements Disposable {
  readonly #path: string;
  #file: Deno.FsFile;
  readonly #wasMade: boolean;

  private constructor(path: string, file: Deno.FsFile, wasMade: boolean) {
    this.#path = path;
    this.#file = file;
    this.#wasMade = wasMade;
  }

  /**
   * Takes the lock if it is free.
   *
   * @param path The file to lock; it is made if there is none.
   * @returns The lock, or `undefined` if another holds it.
   */
  static take(path: string): WriterLock | undefined {
    const wasMade = identityOf(path) === undefined;
    const file = lock(path);
    if (file === undefined) return undefined;
    sign(file);
    return new WriterLock(path, file, wasMade);
  }

  /** Returns the process that holds the lock of a file, as far as that is known. */
  static holderOf(path: string): StoreWriter | undefined {
    try {
      const { pid, since } = JSON.parse(Deno.readTextFileSync(path));
      return typeof pid === "number" && typeof since === "number" ? { pid, since } : undefined;
    } catch {
      return undefined;
    }
  }

  /**
   * Makes sure that others find the lock, also if its file was removed.
   *
   * @returns Whether it is still held; `false` if another has taken it meanwhile, and may have given it
   * back.
   */
  renew(): boolean {
    if (isAt(this.#file, this.#path)) return true;
    const file = identityOf(this.#path) === undefined ? lock(this.#path) : undefined;
    if (file === undefined) return false;
    sign(file);
    this.#file.close();
    this.#file = file;
    return true;
  }

  /** Removes the file if it was made for this lock, as it turned out that there is nothing to lock. */
  undo(): void {
    try {
      if (this.#wasMade && isAt(this.#file, this.#path)) Deno.removeSync(this.#path);
    } catch {
      // It stays, which harms nobody.
    }
  }

  /** Gives the lock back. */
  [Symbol.dispose](): void {
    // To close it is not enough while a child process is being started, which has the file, too.
    this.#file.unlockSync();
    this.#file.close();
  }
}

function lock(path: string): Deno.FsFile | undefined {
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    const file = Deno.openSync(path, { write: true, create: true });
    if (!file.tryLockSync(true)) {
      file.close();
      return undefined;
    }
    if (isAt(file, path)) return file;
    // It was removed before it was locked: the next one would lock another file of this name.
    file.close();
  }
  throw new Error(`${path} is removed as soon as it is made; let it stay`);
}

/** Checks whether a file is the one that its path leads to. */
function isAt(file: Deno.FsFile, path: string): boolean {
  const key = keyOf(file.statSync());
  return key === undefined || identityOf(path)?.key === key;
}

function sign(file: Deno.FsFile): void {
  const writer: StoreWriter = { pid: Deno.pid, since: now() };
  file.truncateSync();
  file.seekSync(0, Deno.SeekMode.Start);
  file.writeSync(new TextEncoder().encode(JSON.stringify(writer)));
}
