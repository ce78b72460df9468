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
  // Most jobs have few of them, and ended jobs none: an empty set takes as much memory as ten numbers.
  #waiters: Set<Waiter> | undefined;
  #callbacks: (() => void)[] | undefined;
  #isSettled = false;
  #left: { readonly reason: Error } | undefined;

  /** The number of waits. */
  get waiting(): number {
    return this.#waiters?.size ?? 0;
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
    else (this.#waiters ??= new Set()).add(waiter);
    return () => void this.#waiters?.delete(waiter);
  }

  /** Calls a function when the job has ended, or was left to a later process. */
  onEnd(callback: () => void): void {
    if (this.#isSettled || this.#left !== undefined) callback();
    else (this.#callbacks ??= []).push(callback);
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

  #take(): Iterable<Waiter> {
    const waiters = this.#waiters ?? [];
    this.#waiters = undefined;
    return waiters;
  }

  #callBack(): void {
    const callbacks = this.#callbacks ?? [];
    this.#callbacks = undefined;
    for (const callback of callbacks) callback();
  }
}
