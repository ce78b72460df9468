import type { PoolWorker } from "./pool_worker.ts";

/** The dead workers whose threads have not ended: most end soon, those that never yield do not. */
export class LostThreads {
  readonly #most: number;
  readonly #all = new Set<PoolWorker>();
  readonly #stuck = new Set<PoolWorker>();
  #changed: PromiseWithResolvers<void> | undefined;

  /** @param most How many there may be before no worker is started any more. */
  constructor(most: number) {
    this.#most = most;
  }

  /** How many threads have not ended. */
  get size(): number {
    return this.#all.size;
  }

  /** How many of them never yield. */
  get stuck(): number {
    return this.#stuck.size;
  }

  /** Whether there are as many as there may be. */
  get isFull(): boolean {
    return this.#all.size >= this.#most;
  }

  /** Whether there are as many as there may be, and none of them will end. */
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
