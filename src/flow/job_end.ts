/** A wait for the end of a job. */
interface Waiter {
  readonly resolve: () => void;
  readonly reject: (reason: unknown) => void;
}

/**
 * Notifies waits and callbacks of the end of a job. A wait that is given up is removed, as a long job may be
 * waited for many times.
 */
export class JobEnd {
  readonly #waiters = new Set<Waiter>();
  readonly #callbacks = new Set<() => void>();
  #isSettled = false;
  #left: { readonly reason: Error } | undefined;

  /** The number of waits. */
  get waiting(): number {
    return this.#waiters.size;
  }

  /**
   * Adds a wait for the end, which settles at once if the job has ended or was left.
   *
   * @returns A function that gives up the wait.
   */
  wait(resolve: () => void, reject: (reason: unknown) => void): () => void {
    const waiter = { resolve, reject };
    if (this.#isSettled) resolve();
    else if (this.#left !== undefined) reject(this.#left.reason);
    else this.#waiters.add(waiter);
    return () => void this.#waiters.delete(waiter);
  }

  /** Calls a function when the job has ended, or was left to a later process. */
  onEnd(callback: () => void): void {
    if (this.#isSettled || this.#left !== undefined) callback();
    else this.#callbacks.add(callback);
  }

  /** Called when the end of the job is stored. */
  settle(): void {
    if (this.#left !== undefined) return;
    this.#isSettled = true;
    for (const { resolve } of this.#take()) resolve();
    this.#callBack();
  }

  /** Called when no flow runs the job any more. Rejects all current and future waits. */
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
