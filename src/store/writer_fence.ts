import type { DatabaseSync, StatementSync } from "node:sqlite";
import { StoreLockedError, type StoreWriter } from "../errors/store_errors.ts";
import { transaction } from "./transaction.ts";

/**
 * The transactions of a process that has entered itself in a file as the writer. If the `.lock` file is
 * removed, another process can enter itself. From then on, no transaction of this process is committed, so
 * that the data that the other process has read stays valid.
 */
export class WriterFence {
  readonly #db: DatabaseSync;
  readonly #path: string;
  readonly #entry: StatementSync;
  readonly #own: StoreWriter;

  /**
   * @param db The database, in which this process has just entered itself.
   * @param path The path of the file.
   */
  constructor(db: DatabaseSync, path: string) {
    this.#db = db;
    this.#path = path;
    this.#entry = db.prepare("SELECT pid, since FROM writer");
    this.#own = this.#writer();
  }

  /**
   * Calls a function in a transaction, which is rolled back if the function throws.
   *
   * @throws {StoreLockedError} If another process has entered itself as the writer.
   */
  transaction<T>(work: () => T): T {
    return transaction(this.#db, () => {
      const { pid, since } = this.#writer();
      if (pid !== this.#own.pid || since !== this.#own.since) {
        throw new StoreLockedError(this.#path, { pid, since });
      }
      return work();
    });
  }

  #writer(): StoreWriter {
    return this.#entry.get() as unknown as StoreWriter;
  }
}
