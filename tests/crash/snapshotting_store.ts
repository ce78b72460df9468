import type { JobEvent } from "@millrace/flow";
import type { SqliteStore } from "@millrace/flow/sqlite";
import type { FlowShape, JobEntry, JobFilter, OnForget, Store } from "@millrace/flow/store";
import { fold } from "../../src/engine/apply.ts";

/** A store that reports its commits, and stores snapshots so often that a crash will meet them. */
export class SnapshottingStore implements Store {
  readonly isDurable = true;
  readonly #store: SqliteStore;
  readonly #every: number;
  readonly #onCommit: () => void;
  #commits = 0;

  /**
   * @param store The store behind it.
   * @param every The number of commits from one snapshot to the next.
   * @param onCommit Is called after each commit.
   */
  constructor(store: SqliteStore, every: number, onCommit: () => void) {
    this.#store = store;
    this.#every = every;
    this.#onCommit = onCommit;
  }

  open(shape: FlowShape, onForget?: OnForget): Disposable {
    return this.#store.open(shape, onForget);
  }

  assertStorable(value: unknown, what: string): void {
    this.#store.assertStorable(value, what);
  }

  prepare(events: readonly JobEvent[]): void {
    this.#store.prepare(events);
  }

  append(events: readonly JobEvent[]): void {
    this.#store.append(events);
    this.#onCommit();
    if (++this.#commits % this.#every > 0) return;
    for (const jobId of new Set(events.map((event) => event.jobId))) {
      const kept = this.read(jobId);
      if (kept !== undefined) this.#store.snapshot(fold(kept.events, kept.snapshot));
    }
  }

  snapshot(): void {}

  read(jobId: string, after?: number) {
    return this.#store.read(jobId, after);
  }

  delete(jobId: string) {
    return this.#store.delete(jobId);
  }

  latest(jobId: string) {
    return this.#store.latest(jobId);
  }

  isStartedWith(jobId: string, entry: JobEntry): boolean {
    return this.#store.isStartedWith(jobId, entry);
  }

  unfinished(flowId: string) {
    return this.#store.unfinished(flowId);
  }

  shapeOf(jobId: string) {
    return this.#store.shapeOf(jobId);
  }

  jobs(filter?: JobFilter) {
    return this.#store.jobs(filter);
  }

  close(): void {
    this.#store.close();
  }
}
