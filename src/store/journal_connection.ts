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
import {
  beginToWrite,
  type FileSettings,
  homeOf,
  openToRead,
  openToWrite,
  waitNoMore,
} from "./journal_file.ts";
import { JournalReader } from "./journal_reader.ts";
import { type ForgottenJob, JournalSweeper } from "./journal_sweeper.ts";
import { JournalWriter } from "./journal_writer.ts";
import { closeReaders, enterReader, enterWriter, writerOf } from "./open_journals.ts";
import { PartialMark } from "./partial_mark.ts";
import type { Retention } from "./retention.ts";
import { guarded, isLocked } from "./sqlite_error.ts";
import { WriterFence } from "./writer_fence.ts";
import { WriterLock } from "./writer_lock.ts";

/**
 * A store's file while it is open, with the lock of its writer. The file can be read at once, and written as
 * soon as no other program holds the lock of SQLite.
 */
export class JournalConnection implements Disposable {
  /** The path of the file, with links resolved. */
  readonly path: string;
  readonly reader: JournalReader;
  readonly #key: string;
  /** `undefined` if the file is only read. */
  readonly #lock: WriterLock | undefined;
  readonly #db: DatabaseSync;
  readonly #settings: ConnectionSettings;
  readonly #held: DisposableStack;
  /** `undefined` until this process is the writer of the file. */
  #writer: Writer | undefined;
  #isOpen = true;

  /**
   * Opens a file. Creates it if it does not exist, unless it is only read.
   *
   * @param path The path of the file.
   * @param settings The settings of the connection.
   * @throws {StoreError} If the file cannot be opened.
   */
  constructor(path: string, settings: ConnectionSettings) {
    const { readOnly } = settings;
    this.#settings = settings;
    using held = new DisposableStack();
    const what = readOnly ? "read" : "write";
    [this.path, this.#key, this.#db, this.#lock] = guarded(path, what, () => {
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
      return [real, file.key, db, lock];
    });
    this.reader = new JournalReader(this.#db, path);
    if (this.#lock !== undefined) guarded(path, "write", () => this.#beginIfFree());
    held.use(
      readOnly
        ? enterReader(this.#key, () => this[Symbol.dispose]())
        : enterWriter(this.#key, this),
    );
    this.#held = held.move();
    this.#writer?.freePages.look();
  }

  /** The parts that write the file; `undefined` until this process is its writer. */
  get writing(): Writing | undefined {
    return this.#writer;
  }

  /** `true` if the connection is open and its file is still at its path. */
  get isCurrent(): boolean {
    return this.#isOpen && identityOf(this.path)?.key === this.#key;
  }

  /**
   * Calls a function that writes the file. When `write` returns, the data is in the file at the path.
   *
   * @throws {StoreError} If the file cannot be written, or another program has removed, replaced or changed
   * it or a file that belongs to it.
   */
  write(work: (writing: Writing) => void): void {
    if (this.#lock === undefined) throw new StoreWriteError(this.path, "it was opened readOnly");
    const writer = this.#writer ?? this.#begin(this.#lock);
    const { watch, mark, journal } = writer;
    watch.ready();
    try {
      guarded(this.path, "write", () => work(writer));
    } catch (error) {
      throw isLasting(error) ? watch.lose(error) : error;
    }
    const changedAt = watch.confirm();
    journal.confirmed();
    try {
      if (mark.renew(changedAt)) watch.note();
    } catch {
      // The data is written; the mark is set after a later write.
    }
  }

  /**
   * Checks whether the file, and the files that belong to it, are still in place and unharmed.
   *
   * @throws {StoreError} If another program has removed, replaced or changed one of them.
   */
  check(): void {
    this.#writer?.watch.look();
  }

  /** Closes the file, so that another process may write it. A second call has no effect. */
  [Symbol.dispose](): void {
    if (!this.#isOpen) return;
    this.#isOpen = false;
    this.#writer?.sweeper.close();
    this.#writer?.freePages.close();
    this.#writer?.mark.end();
    this.#held.dispose();
  }

  /**
   * Enters this process as the writer, unless another program holds the lock of SQLite: reading needs no such
   * lock, and the first write tries again.
   */
  #beginIfFree(): void {
    try {
      this.#begin(this.#lock as WriterLock);
    } catch (error) {
      if (!isLocked(error)) throw error;
    } finally {
      waitNoMore(this.#db);
    }
  }

  #begin(lock: WriterLock): Writer {
    const { retention, synchronous, onForget } = this.#settings;
    const db = this.#db;
    beginToWrite(db, this.path);
    const mark = new PartialMark(db, this.path, synchronous, lock);
    try {
      mark.begin();
    } catch (error) {
      mark.end();
      throw error;
    }
    const watch = new FileWatch(db, this.path, lock);
    const fence = new WriterFence(db, this.path);
    const journal = new JournalWriter(db, this.reader, retention, fence);
    const sweeper = new JournalSweeper(db, retention, fence, {
      write: (work) => {
        this.write(work);
        freePages.look();
      },
      onForget(job) {
        journal.forget(job.jobId);
        onForget(job);
      },
    });
    const freePages = new FreePages(db, (work) => this.write(work));
    return this.#writer = { mark, watch, journal, sweeper, freePages };
  }
}

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
  /** Called with each job that was dropped from the file. */
  readonly onForget: (job: ForgottenJob) => void;
}

/** The parts of a connection that write the file, and those that detect when data could be lost. */
interface Writer extends Writing {
  readonly mark: PartialMark;
  readonly watch: FileWatch;
}

/** Checks whether all later writes would fail for the same reason as one that has failed. */
function isLasting(error: unknown): error is Error {
  if (error instanceof StoreLockedError) return true;
  // A damaged file stays damaged. A damaged job affects only the writes to that job.
  return error instanceof StoreCorruptError && error.jobId === undefined;
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
