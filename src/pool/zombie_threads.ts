import type { PoolWorker } from "./pool_worker.ts";

/** The dead workers whose threads still run. Most threads end soon; a thread that never yields does not. */
export class ZombieThreads {
  readonly #most: number;
  readonly #all = new Set<PoolWorker>();
  readonly #stuck = new Set<PoolWorker>();
  #changed: PromiseWithResolvers<void> | undefined;

  /** @param most The number of threads from which on no worker is started any more. */
  constructor(most: number) {
    this.#most = most;
  }

  /** The number of threads that still run. */
  get size(): number {
    return this.#all.size;
  }

  /** The number of them that never yield. */
  get stuck(): number {
    return this.#stuck.size;
  }

  /** `true` if the limit is reached. */
  get isFull(): boolean {
    return this.#all.size >= this.#most;
  }

  /** `true` if the limit is reached by threads that will never end. */
  get isFullForGood(): boolean {
    return this.#stuck.size >= this.#most;
  }

  /** Adds a dead worker. */
  add(worker: PoolWorker): void {
    this.#all.add(worker);
  }

  /** Marks the thread of a dead worker as one that never yields. */
  markStuck(worker: PoolWorker): void {
    this.#stuck.add(worker);
    this.release();
  }

  /** Removes a dead worker whose thread has ended. */
  remove(worker: PoolWorker): void {
    this.#all.delete(worker);
    this.#stuck.delete(worker);
    this.release();
  }

  /** Resolves when a thread has ended, or is known never to end, or when the waits are released. */
  change(): Promise<void> {
    return (this.#changed ??= Promise.withResolvers()).promise;
  }

  /** Resolves all waits for a change. */
  release(): void {
    this.#changed?.resolve();
    this.#changed = undefined;
  }
}
