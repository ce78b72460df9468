/**
 * A lock of the operating system on a file beside the store's. It ends with the process, however that
 * ends, so there is none to clean up. The file is left: to remove it would let two processes lock
 * two files of one name.
 *
 * The store's own file will not do: closing a second handle of it would free the locks of SQLite.
 */
export class WriterLock implements Disposable {
  readonly #file: Deno.FsFile;

  private constructor(file: Deno.FsFile) {
    this.#file = file;
  }

  /**
   * Takes the lock if it is free.
   *
   * @param path The file to lock; it is made if there is none.
   * @returns The lock, or `undefined` if another holds it.
   */
  static take(path: string): WriterLock | undefined {
    const file = Deno.openSync(path, { write: true, create: true });
    if (file.tryLockSync(true)) return new WriterLock(file);
    file.close();
    return undefined;
  }

  /** Gives the lock back. */
  [Symbol.dispose](): void {
    // To close it is not enough while a child process is being started, which has the file, too.
    this.#file.unlockSync();
    this.#file.close();
  }
}
