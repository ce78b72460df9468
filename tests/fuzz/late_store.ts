import type { JobEvent } from "@millrace/flow";
import { StoreWriteError } from "@millrace/flow/errors";
import type { SqliteStore } from "@millrace/flow/sqlite";
import {
  type AsyncStore,
  type FlowShape,
  type JobFilter,
  type JobSummary,
  type LoadedJob,
  MirroredStore,
} from "@millrace/flow/store";
import type { Job } from "../../src/engine/job.ts";

/** A journal that answers later, as a database server does, and loses some of its answers. */
export class LateStore implements AsyncStore {
  readonly #store: SqliteStore;
  #calls: number;

  /**
   * @param store The journal.
   * @param seed Decides how late each answer is.
   */
  constructor(store: SqliteStore, seed: number) {
    this.#store = store;
    this.#calls = seed;
  }

  async open(shape: FlowShape): Promise<AsyncDisposable> {
    await this.#late();
    const opened = this.#store.open(shape);
    return {
      [Symbol.asyncDispose]: () => Promise.resolve(opened[Symbol.dispose]()),
    };
  }

  async append(events: readonly JobEvent[]): Promise<void> {
    await this.#late();
    this.#store.append(events);
    await this.#late();
    if (this.#calls % 13 === 0) throw new StoreWriteError("journal", "its answer was lost");
  }

  async snapshot(job: Job): Promise<void> {
    const copy = structuredClone(job);
    await this.#late();
    this.#store.snapshot(copy);
  }

  async load(jobId: string): Promise<LoadedJob | undefined> {
    await this.#late();
    const stored = this.#store.read(jobId);
    return stored && { ...stored, shape: this.#store.shapeOf(jobId) };
  }

  async list(filter: JobFilter): Promise<JobSummary[]> {
    await this.#late();
    return this.#store.jobs(filter);
  }

  async delete(jobId: string): Promise<boolean> {
    await this.#late();
    return this.#store.delete(jobId);
  }

  /** Waits for no turn of the loop, for one, or for several milliseconds. */
  async #late(): Promise<void> {
    const kind = this.#calls++ * 7 % 5;
    if (kind === 0) return;
    await new Promise((resolve) => setTimeout(resolve, kind - 1));
  }
}

/** A store in front of a journal that answers later, which takes a snapshot of a job every few events. */
export class LateMirror extends MirroredStore {
  readonly #every: number;

  constructor(store: SqliteStore, seed: number, every: number) {
    super(new LateStore(store, seed));
    this.#every = every;
  }

  override isSnapshotDue({ seq }: Job): boolean {
    return seq % this.#every === 0;
  }
}
