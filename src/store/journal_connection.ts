// A store's file while it is open. `SqliteStore` opens a connection when it is used, and a new one after it
// has closed the file. A file that this process writes is opened only by SQLite, and only once per thread:
// closing any other handle of the file would drop the locks that show other programs that it is in use.

import type { DatabaseSync } from "node:sqlite";
import {
  StoreCorruptError,
  StoreLockedError,
  StoreReadError,
  StoreWriteError,
} from "../errors/store_errors.ts";
import { identityOf, realPathOf } from "./file_identity.ts";
import { FreePages } from "./free_pages.ts";
import { FileWatch } from "./file_watch.ts";
import { type FileSettings, homeOf, openToRead, openToWrite, waitNoMore } from "./journal_file.ts";
import { JournalReader } from "./journal_reader.ts";
import { type ForgottenJob, JournalSweeper } from "./journal_sweeper.ts";
import { JournalWriter } from "./journal_writer.ts";
import { closeReaders, enterReader, enterWriter, writerOf } from "./open_journals.ts";
import { PartialMark } from "./partial_mark.ts";
import type { Retention } from "./retention.ts";
import { guarded } from "./sqlite_error.ts";
import { WriterLock } from "./writer_lock.ts";

/** The parts of a connection that are needed for writing. */
export interface Writing {
  readonly journal: JournalWriter;
  readonly sweeper: JournalSweeper;
  readonly freePages: FreePages;
}

/** The settings of a connection. */
export interface ConnectionSettings extends FileSettings {
  readonly readOnly: boolean;
  readonly retention: Required<Retention>;
  /** Called with each job that the file has no longer. */
  readonly onForget: (job: ForgottenJob) => void;
}

/** A store's file while it is open, with the lock of its writer. */
export class JournalConnection implements Disposable {
  /** The path of the file, with links resolved. */
  readonly path: string;
  readonly reader: JournalReader;
  /** `undefined` if the file is only read. */
  readonly writing: Writing | undefined;
  readonly #key: string;
  readonly #watch: FileWatch | undefined;
  readonly #mark: PartialMark | undefined;
  readonly #db: DatabaseSync;
  readonly #held: DisposableStack;
  #isOpen = true;

  /**
   * Opens a file. Creates it if it does not exist, unless it is only read.
   *
   * @param path The path of the file.
   * @param settings The settings of the connection.
   * @throws {StoreError} If the file cannot be opened.
   */
  constructor(path: string, settings: ConnectionSettings) {
    const { readOnly, synchronous } = settings;
    using held = new DisposableStack();
    const what = readOnly ? "read" : "write";
    [this.path, this.#key, this.#db, this.#mark, this.#watch] = guarded(path, what, () => {
      const [real, lock] = readOnly ? [homeOf(realPathOf(path))] : locked(path, held);
      const known = identityOf(real);
      // Readers in this thread use this connection from now on.
      if (lock !== undefined && known !== undefined) closeReaders(known.key);
      const db = opened(
        lock,
        () => readOnly ? openToRead(real, settings) : openToWrite(real, settings, lock?.marking),
      );
      held.defer(() => db.close());
      const file = identityOf(real);
      if (file === undefined) throw new StoreReadError(path, "it was removed as it was opened");
      if (lock === undefined) return [real, file.key, db, undefined, undefined];
      const mark = new PartialMark(db, real, synchronous, lock);
      held.defer(() => mark.end());
      mark.begin();
      waitNoMore(db);
      return [real, file.key, db, mark, new FileWatch(db, real, lock)];
    });
    this.reader = new JournalReader(this.#db, path);
    this.writing = readOnly ? undefined : this.#writing(settings);
    held.use(
      readOnly
        ? enterReader(this.#key, () => this[Symbol.dispose]())
        : enterWriter(this.#key, this),
    );
    this.#held = held.move();
    this.writing?.freePages.look();
  }

  /** `true` if the connection is open and its file is still at its path. */
  get isCurrent(): boolean {
    return this.#isOpen && identityOf(this.path)?.key === this.#key;
  }

  /**
   * Calls a function that writes the file. When `write` returns, the data is in the file at the path.
   *
   * @throws {StoreError} If that file, or what belongs to it, is not as it was left.
   */
  write(work: (writing: Writing) => void): void {
    if (this.writing === undefined) throw new StoreWriteError(this.path, "it was opened readOnly");
    this.#watch?.ready();
    try {
      guarded(this.path, "write", () => work(this.writing as Writing));
    } catch (error) {
      // A file that is damaged does not get well by itself; a job that is, is a matter of its own.
      const isLost = error instanceof StoreCorruptError && error.jobId === undefined;
      throw isLost ? this.#watch?.lose(error) ?? error : error;
    }
    const changedAt = this.#watch?.confirm() ?? 0;
    this.writing.journal.confirmed();
    try {
      if (this.#mark?.renew(changedAt)) this.#watch?.note();
    } catch {
      // The data is written; the mark is set after a later write.
    }
  }

  /**
   * Checks whether the file, and the files that belong to it, are still in place.
   *
   * @throws {StoreError} If a file was removed or replaced.
   */
  check(): void {
    this.#watch?.look();
  }

  #writing({ retention, onForget }: ConnectionSettings): Writing {
    const journal = new JournalWriter(this.#db, this.reader, retention);
    const sweeper = new JournalSweeper(this.#db, retention, (job) => {
      journal.forget(job.jobId);
      onForget(job);
    });
    return { journal, sweeper, freePages: new FreePages(this.#db, (work) => this.write(work)) };
  }

  /** Closes the file, so that another process may write it. A second call has no effect. */
  [Symbol.dispose](): void {
    if (!this.#isOpen) return;
    this.#isOpen = false;
    this.writing?.freePages.close();
    this.#held.dispose();
  }
}

/** The number of attempts to lock a file whose name changes meanwhile. */
const ATTEMPTS = 5;

/** Locks a file for its writer, under the name by which it will be opened. */
function locked(path: string, held: DisposableStack): [string, WriterLock] {
  let real = path;
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    real = homeOf(realPathOf(path));
    using tried = new DisposableStack();
    const lock = tried.use(lockOf(real));
    // Before the lock was taken, another writer may have used the file under another name.
    if (homeOf(realPathOf(path)) !== real) continue;
    held.use(tried.move());
    return [real, lock];
  }
  throw new StoreLockedError(real, WriterLock.holderOf(`${real}.lock`));
}

/** Locks a file for its writer, before the file is opened. */
function lockOf(path: string): WriterLock {
  const lockFile = `${path}.lock`;
  const lock = writerOf(path) === undefined ? WriterLock.take(lockFile) : undefined;
  if (lock === undefined) {
    const writer = writerOf(path);
    throw new StoreLockedError(path, WriterLock.holderOf(`${writer?.path ?? path}.lock`));
  }
  return lock;
}

/** Opens a file, and removes the lock if that fails, as a file that is not a store needs no lock. */
function opened(lock: WriterLock | undefined, open: () => DatabaseSync): DatabaseSync {
  try {
    return open();
  } catch (error) {
    lock?.undo();
    throw error;
  }
}
