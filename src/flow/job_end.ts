/** One that waits for the end of a job. */
interface Waiter {
  readonly resolve: () => void;
  readonly reject: (reason: unknown) => void;
}

/**
 * The end of a job, as those see it that wait for it. A job may take weeks, and be waited for again and
 * again for a moment: a wait that is given up leaves nothing behind.
 */
export class JobEnd {
  readonly #waiters = new Set<Waiter>();
  readonly #callbacks = new Set<() => void>();
  #isSettled = false;
  #left: { readonly reason: Error } | undefined;

  /** Number of waits. */
  get waiting(): number {
    return this.#waiters.size;
  }

  /**
   * Waits for the end: calls back at once if there is nothing to wait for.
   *
   * @returns Gives the wait up.
   */
  wait(resolve: () => void, reject: (reason: unknown) => void): () => void {
    const waiter = { resolve, reject };
    if (this.#isSettled) resolve();
    else if (this.#left !== undefined) reject(this.#left.reason);
    else this.#waiters.add(waiter);
    return () => void this.#waiters.delete(waiter);
  }

  /** Calls back when the job has ended, or was left to a later process. */
  onEnd(callback: () => void): void {
    if (this.#isSettled || this.#left !== undefined) callback();
    else this.#callbacks.add(callback);
  }

  /** The job has ended, and that is stored. */
  settle(): void {
    if (this.#left !== undefined) return;
    this.#isSettled = true;
    for (const { resolve } of this.#take()) resolve();
    this.#callBack();
  }

  /** Nobody runs the job any more: those who wait, now or later, are rejected. */
  leave(reason: Error): void {
    if (this.#isSettled || this.#left !== undefined) return;
    this.#left = { reason };
    for (const { reject } of this.#take()) reject(reason);
    this.#callBack();
  }

  #take(): Waiter[] {
    const waiters = [...this.#waiters];
    this.#waiters.clear();
    return waiters;
  }

  #callBack(): void {
    for (const callback of this.#callbacks) callback();
    this.#callbacks.clear();
  }
}
