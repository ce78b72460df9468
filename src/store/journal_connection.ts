// A store's file while it is open. `SqliteStore` opens one when it is used, and another after it has let
// the file go. A file that this process writes is opened by SQLite alone, and once in a thread: closing
// any other handle of it would drop the locks by which other programs know that it is in use.

import type { DatabaseSync } from "node:sqlite";
import { StoreLockedError, StoreReadError, StoreWriteError } from "../errors/store_errors.ts";
import { identityOf, realPathOf } from "./file_identity.ts";
import { FreePages } from "./free_pages.ts";
import { FileWatch } from "./file_watch.ts";
import { type FileSettings, homeOf, openToRead, openToWrite, waitNoMore } from "./journal_file.ts";
import { JournalReader } from "./journal_reader.ts";
import { JournalSweeper } from "./journal_sweeper.ts";
import { JournalWriter } from "./journal_writer.ts";
import { closeReaders, enterReader, enterWriter, writerOf } from "./open_journals.ts";
import { PartialMark } from "./partial_mark.ts";
import type { Retention } from "./retention.ts";
import { guarded } from "./sqlite_error.ts";
import { WriterLock } from "./writer_lock.ts";

/** The parts of a connection that writes. */
export interface Writing {
  readonly journal: JournalWriter;
  readonly sweeper: JournalSweeper;
  readonly freePages: FreePages;
}

/** The settings of a connection. */
export interface ConnectionSettings extends FileSettings {
  readonly readOnly: boolean;
  readonly retention: Required<Retention>;
}

/** A store's file while it is open, with the lock of its writer. */
export class JournalConnection implements Disposable {
  /** Where the file is, without links. */
  readonly path: string;
  readonly reader: JournalReader;
  /** Absent if the file is only read. */
  readonly writing: Writing | undefined;
  readonly #key: string;
  readonly #watch: FileWatch | undefined;
  readonly #mark: PartialMark | undefined;
  readonly #db: DatabaseSync;
  readonly #held: DisposableStack;
  #isOpen = true;

  /**
   * Opens a file, and makes it if there is none and it is to be written.
   *
   * @param path The file.
   * @param settings How to open it.
   * @throws {StoreError} If that is impossible.
   */
  constructor(path: string, settings: ConnectionSettings) {
    const { readOnly, retention, synchronous } = settings;
    using held = new DisposableStack();
    const what = readOnly ? "read" : "write";
    [this.path, this.#key, this.#db, this.#mark, this.#watch] = guarded(path, what, () => {
      const [real, lock] = readOnly ? [homeOf(realPathOf(path))] : locked(path, held);
      const known = identityOf(real);
      // What reads it in this thread shares this connection from now on.
      if (lock !== undefined && known !== undefined) closeReaders(known.key);
      const db = opened(
        lock,
        () => readOnly ? openToRead(real, settings) : openToWrite(real, settings),
      );
      held.defer(() => db.close());
      const file = identityOf(real);
      if (file === undefined) throw new StoreReadError(path, "it was removed as it was opened");
      if (lock === undefined) return [real, file.key, db, undefined, undefined];
      const mark = new PartialMark(db, real, synchronous);
      held.defer(() => mark.end());
      mark.begin();
      waitNoMore(db);
      return [real, file.key, db, mark, new FileWatch(real, lock)];
    });
    this.reader = new JournalReader(this.#db, path);
    this.writing = readOnly ? undefined : {
      journal: new JournalWriter(this.#db, this.reader, retention),
      sweeper: new JournalSweeper(this.#db, retention),
      freePages: new FreePages(this.#db, (work) => this.write(work)),
    };
    held.use(
      readOnly
        ? enterReader(this.#key, () => this[Symbol.dispose]())
        : enterWriter(this.#key, this),
    );
    this.#held = held.move();
    this.writing?.freePages.look();
  }

  /** Checks whether it is of the file that is at its path now, and has not been closed. */
  get isCurrent(): boolean {
    return this.#isOpen && identityOf(this.path)?.key === this.#key;
  }

  /**
   * Does what writes the file. When it returns, what was written is in the file that is at its path.
   *
   * @throws {StoreError} If that file, or what belongs to it, is not there any more.
   */
  write(work: (writing: Writing) => void): void {
    if (this.writing === undefined) throw new StoreWriteError(this.path, "it was opened readOnly");
    this.#watch?.ready();
    work(this.writing);
    const changedAt = this.#watch?.confirm() ?? 0;
    try {
      this.#mark?.renew(changedAt);
    } catch {
      // What was written is in its place; the mark is set after another write.
    }
  }

  /**
   * Looks whether the file, and what belongs to it, is still there.
   *
   * @throws {StoreError} If it is not.
   */
  check(): void {
    this.#watch?.look();
  }

  /** Closes the file, so that another process may write it; a second time does nothing. */
  [Symbol.dispose](): void {
    if (!this.#isOpen) return;
    this.#isOpen = false;
    this.writing?.freePages.close();
    this.#held.dispose();
  }
}

/** Number of tries to lock a file whose name changes meanwhile. */
const ATTEMPTS = 5;

/** Locks a file for its writer by the name that it is opened by. */
function locked(path: string, held: DisposableStack): [string, WriterLock] {
  let real = path;
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    real = homeOf(realPathOf(path));
    using tried = new DisposableStack();
    const lock = tried.use(lockOf(real));
    // Before it was locked, another writer may have come and gone, by another name.
    if (homeOf(realPathOf(path)) !== real) continue;
    held.use(tried.move());
    return [real, lock];
  }
  throw new StoreLockedError(real, WriterLock.holderOf(`${real}.lock`));
}

/** Locks a file for its writer; nothing is opened before. */
function lockOf(path: string): WriterLock {
  const lockFile = `${path}.lock`;
  const lock = writerOf(path) === undefined ? WriterLock.take(lockFile) : undefined;
  if (lock === undefined) {
    const writer = writerOf(path);
    throw new StoreLockedError(path, WriterLock.holderOf(`${writer?.path ?? path}.lock`));
  }
  return lock;
}

/** A file that is no store needs no lock, now or later. */
function opened(lock: WriterLock | undefined, open: () => DatabaseSync): DatabaseSync {
  try {
    return open();
  } catch (error) {
    lock?.undo();
    throw error;
  }
}
