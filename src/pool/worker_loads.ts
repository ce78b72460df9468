import { after, clearTimer, type TimerId } from "../data/timer.ts";

/** A routine that a worker loads. */
interface Load {
  /** The message that asked for it. */
  readonly message: number;
  readonly result: PromiseWithResolvers<Error | undefined>;
  timer: TimerId | undefined;
}

/**
 * The routines that a worker loads. The worker itself ends a wait for a module that does not load in
 * time; where the module keeps it from doing anything, this notices.
 */
export class WorkerLoads {
  readonly #limit: number;
  readonly #answers: () => Promise<boolean>;
  readonly #onBlocked: (binding: number) => void;
  readonly #loads = new Map<number, Load>();

  /**
   * @param limit The milliseconds after which the worker is asked whether it answers.
   * @param answers Asks it.
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

  /** Number of routines that are being loaded. */
  get size(): number {
    return this.#loads.size;
  }

  /** A routine is to be loaded; resolves with what kept it from that, if anything did. */
  add(binding: number, message: number): Promise<Error | undefined> {
    return this.#load(binding, message).result.promise;
  }

  /** The worker has begun to load a routine. */
  watch(binding: number): void {
    const load = this.#load(binding, 0);
    load.timer ??= after(this.#limit, () => void this.#check(binding, load));
  }

  /** A routine has loaded, or failed to. */
  settle(binding: number, error: Error | undefined): void {
    const load = this.#loads.get(binding);
    if (load === undefined) return;
    this.#loads.delete(binding);
    clearTimer(load.timer);
    load.result.resolve(error);
  }

  /** A message could not be read: if it asked for a routine, that will not be loaded. */
  unreadable(message: number, error: Error): void {
    for (const [binding, load] of this.#loads) {
      if (load.message === message) this.settle(binding, error);
    }
  }

  /** Settles every load with the error, so that its tasks wait at another worker. */
  release(error: Error): void {
    for (const { result } of this.#loads.values()) result.resolve(error);
  }

  /** Nothing will be loaded any more. */
  close(error: Error): void {
    for (const binding of [...this.#loads.keys()]) this.settle(binding, error);
  }

  #load(binding: number, message: number): Load {
    return this.#loads.getOrInsertComputed(binding, () => ({
      message,
      result: Promise.withResolvers(),
      timer: undefined,
    }));
  }

  async #check(binding: number, load: Load): Promise<void> {
    const answers = await this.#answers();
    if (this.#loads.get(binding) !== load) return;
    load.timer = undefined;
    // It answers, so its own timer will end the wait.
    if (answers) this.watch(binding);
    else this.#onBlocked(binding);
  }
}
