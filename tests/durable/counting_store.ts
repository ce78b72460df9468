import { SqliteStore } from "@millrace/flow/sqlite";
import type { StoredJob } from "@millrace/flow/store";

/** A store that counts the JobEvents that it is asked for. */
export class CountingStore extends SqliteStore {
  /** The number of JobEvents that were read. */
  eventsRead = 0;

  override read(jobId: string, after?: number): StoredJob | undefined {
    return this.#counted(super.read(jobId, after));
  }

  override latest(jobId: string): StoredJob | undefined {
    return this.#counted(super.latest(jobId));
  }

  #counted(read: StoredJob | undefined): StoredJob | undefined {
    this.eventsRead += read?.events.length ?? 0;
    return read;
  }
}
