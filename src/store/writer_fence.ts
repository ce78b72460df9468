import type { DatabaseSync, StatementSync } from "node:sqlite";
import { StoreLockedError, type StoreWriter } from "../errors/store_errors.ts";
import { transaction } from "./transaction.ts";

/**
 * The transactions of the process that has entered itself in a file as its writer. From the moment on in
 * which another enters itself, which it can where the `.lock` file was removed, none is committed any
 * more: what the other has read stays as it is.
 */
export class WriterFence {
  readonly #db: DatabaseSync;
  readonly #path: string;
  readonly #entry: StatementSync;
  readonly #own: StoreWriter;

  /**
   * @param db The file, in which this process has just entered itself.
   * @param path Where it is.
   */
  constructor(db: DatabaseSync, path: string) {
    this.#db = db;
    this.#path = path;
    this.#entry = db.prepare("SELECT pid, since FROM writer");
    this.#own = this.#writer();
  }

  /**
   * Does what is to be committed together: all of it, or nothing if it throws.
   *
   * @throws {StoreLockedError} If another process has entered itself.
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
