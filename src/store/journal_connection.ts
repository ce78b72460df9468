import type { DatabaseSync } from "node:sqlite";
import { StoreLockedError } from "../errors/store_locked_error.ts";
import { openToRead, openToWrite, refuseOther, writerOf } from "./journal_file.ts";
import { JournalReader } from "./journal_reader.ts";
import { JournalSweeper } from "./journal_sweeper.ts";
import { JournalWriter } from "./journal_writer.ts";
import type { Retention } from "./retention.ts";
import { guarded } from "./sqlite_error.ts";
import { WriterLock } from "./writer_lock.ts";

/** The parts of a connection that writes. */
export interface Writing {
  readonly journal: JournalWriter;
  readonly sweeper: JournalSweeper;
}

/** The settings of a connection. */
export interface ConnectionSettings {
  readonly synchronous: "normal" | "full";
  readonly readOnly: boolean;
  readonly retention: Required<Retention>;
}

/** A store's file while it is open, with the lock of its writer. */
export class JournalConnection implements Disposable {
  readonly reader: JournalReader;
  /** Absent if the file is only read. */
  readonly writing: Writing | undefined;
  readonly #db: DatabaseSync;
  readonly #lock: WriterLock | undefined;

  /**
   * Opens a file, and makes it if there is none and it is to be written.
   *
   * @throws {StoreError} If that is impossible.
   */
  constructor(path: string, { synchronous, readOnly, retention }: ConnectionSettings) {
    using held = new DisposableStack();
    [this.#lock, this.#db] = guarded(path, readOnly ? "read" : "write", () => {
      const lock = readOnly ? undefined : held.use(lockFile(path));
      const db = readOnly ? openToRead(path) : openToWrite(path, synchronous);
      held.defer(() => db.close());
      return [lock, db];
    });
    this.reader = new JournalReader(this.#db, path);
    this.writing = readOnly ? undefined : {
      journal: new JournalWriter(this.#db, this.reader),
      sweeper: new JournalSweeper(this.#db, retention),
    };
    held.move();
  }

  /** Closes the file, so that another process may write it. */
  [Symbol.dispose](): void {
    this.#db.close();
    this.#lock?.[Symbol.dispose]();
  }
}

function lockFile(path: string): WriterLock {
  refuseOther(path);
  const lock = WriterLock.take(`${path}.lock`);
  if (lock === undefined) throw new StoreLockedError(path, writerOf(path));
  return lock;
}
