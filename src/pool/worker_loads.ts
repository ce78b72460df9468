// Supervises the modules that one worker loads. `PoolWorker` and `ReportReader` report to it, `RoutineLoads`
// waits for it.

import { after, clearTimer, type TimerId } from "../data/timer.ts";

/** A routine that a worker loads. */
interface Load {
  /** The number of the message that requested it. */
  readonly message: number;
  /** Resolves when the routine has loaded; absent if only tasks need the routine. */
  result: PromiseWithResolvers<Error | undefined> | undefined;
  timer: TimerId | undefined;
}

/**
 * The routines that a worker loads. The worker itself fails a module that does not load in time. This class
 * detects a module that blocks the worker, which then cannot do so.
 */
export class WorkerLoads {
  readonly #limit: number;
  readonly #answers: () => Promise<boolean>;
  readonly #onBlocked: (binding: number) => void;
  readonly #loads = new Map<number, Load>();

  /**
   * @param limit The time after which the worker is pinged, in milliseconds.
   * @param answers Pings the worker, and resolves with `true` if it answers.
   * @param onBlocked Called with the binding whose module blocks the worker.
   */
  constructor(
    limit: number,
    answers: () => Promise<boolean>,
    onBlocked: (binding: number) => void,
  ) {
    this.#limit = limit;
    this.#answers = answers;
    this.#onBlocked = onBlocked;
  }

  /** The number of routines that are being loaded. */
  get size(): number {
    return this.#loads.size;
  }

  /** Checks whether a load is awaited by a caller, and not only by tasks. */
  get isAwaited(): boolean {
    return this.#loads.values().some(({ result }) => result !== undefined);
  }

  /** Adds a routine that is about to be loaded. Resolves with the error, if it cannot be loaded. */
  add(binding: number, message: number): Promise<Error | undefined> {
    return (this.#load(binding, message).result ??= Promise.withResolvers()).promise;
  }

  /** Called when the worker has begun to load a routine. */
  watch(binding: number): void {
    const load = this.#load(binding, 0);
    load.timer ??= after(this.#limit, () => void this.#check(binding, load));
  }

  /** Called when a routine has loaded, or failed to load. */
  settle(binding: number, error: Error | undefined): void {
    const load = this.#loads.get(binding);
    if (load === undefined) return;
    this.#loads.delete(binding);
    clearTimer(load.timer);
    load.result?.resolve(error);
  }

  /** Fails the routine that was requested by a message which the worker could not read. */
  unreadable(message: number, error: Error): void {
    for (const [binding, load] of this.#loads) {
      if (load.message === message) this.settle(binding, error);
    }
  }

  /** Settles the awaited loads with an error. Loads that tasks need are still supervised. */
  release(error: Error): void {
    for (const load of this.#loads.values()) {
      load.result?.resolve(error);
      load.result = undefined;
    }
  }

  /** Fails all loads. */
  close(error: Error): void {
    for (const binding of [...this.#loads.keys()]) this.settle(binding, error);
  }

  #load(binding: number, message: number): Load {
    return this.#loads.getOrInsertComputed(binding, () => ({
      message,
      result: undefined,
      timer: undefined,
    }));
  }

  async #check(binding: number, load: Load): Promise<void> {
    const answers = await this.#answers();
    if (this.#loads.get(binding) !== load) return;
    load.timer = undefined;
    // The worker answers, so its own timer will fail the load.
    if (answers) this.watch(binding);
    else this.#onBlocked(binding);
  }
}
