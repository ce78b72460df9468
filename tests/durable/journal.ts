import type { JobEvent } from "@millrace/flow";
import { SqliteStore, type SqliteStoreOptions } from "@millrace/flow/sqlite";
import { Folder } from "../store/folder.ts";

/** A store's file, gone when the test is over. */
export class Journal implements Disposable {
  readonly #folder = new Folder();
  #copies = 0;

  /** Where the file is. */
  path = this.#folder.path("jobs.db");

  /** Opens the file, as a process does when it starts. */
  store(options?: SqliteStoreOptions): SqliteStore {
    return new SqliteStore(this.path, options);
  }

  /**
   * From now on is the file as a process that is killed now would leave it: whoever writes the old one
   * goes on, and nobody will see that.
   */
  crash(): void {
    const copy = this.#folder.path(`jobs_${++this.#copies}.db`);
    for (const suffix of ["", "-wal"]) Deno.copyFileSync(this.path + suffix, copy + suffix);
    this.path = copy;
  }

  /** The stream of a job, as another process sees it. */
  events(jobId: string): readonly JobEvent[] {
    using store = this.store({ readOnly: true });
    return store.read(jobId)?.events ?? [];
  }

  [Symbol.dispose](): void {
    this.#folder[Symbol.dispose]();
  }
}
