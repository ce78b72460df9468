import type { PoolWorker } from "./pool_worker.ts";

/** The dead workers whose threads have not ended: most end soon, those that never yield do not. */
export class ZombieThreads {
  readonly #most: number;
  readonly #all = new Set<PoolWorker>();
  readonly #stuck = new Set<PoolWorker>();
  #changed: PromiseWithResolvers<void> | undefined;

  /** @param most How many there may be before no worker is started any more. */
  constructor(most: number) {
    this.#most = most;
  }

  /** The number of threads that have not ended. */
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

  /** `true` if the limit is reached by threads none of which will end. */
  get isFullForGood(): boolean {
    return this.#stuck.size >= this.#most;
  }

  /** A worker is dead. */
  add(worker: PoolWorker): void {
    this.#all.add(worker);
  }

  /** The thread of a dead worker never yields. */
  markStuck(worker: PoolWorker): void {
    this.#stuck.add(worker);
    this.release();
  }

  /** The thread of a dead worker has ended. */
  remove(worker: PoolWorker): void {
    this.#all.delete(worker);
    this.#stuck.delete(worker);
    this.release();
  }

  /** Resolves when a thread has ended, or is known not to, or nobody is to wait any more. */
  change(): Promise<void> {
    return (this.#changed ??= Promise.withResolvers()).promise;
  }

  /** Lets those go on who wait for a change. */
  release(): void {
    this.#changed?.resolve();
    this.#changed = undefined;
  }
}
