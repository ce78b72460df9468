import type { Binding, Pool } from "../pool/task.ts";

/** Loads the routines of a flow in workers, to find faults before a job is started. */
export class RoutineLoading {
  readonly #pool: () => Pool;
  readonly #bindings: ReadonlyMap<string, Binding>;
  #loaded: Promise<void> | undefined;

  /**
   * @param pool Returns the pool, which is created on first use.
   * @param bindings The routines, by id.
   */
  constructor(pool: () => Pool, bindings: ReadonlyMap<string, Binding>) {
    this.#pool = pool;
    this.#bindings = bindings;
  }

  /** Loads the routines in a number of workers, and returns the errors. */
  async inWorkers(workers: number): Promise<Error[]> {
    return await this.#pool().load([...this.#bindings.values()], workers);
  }

  /** Loads the routines in one worker. Does nothing after a success; rejects with the first error. */
  once(): Promise<void> {
    return this.#loaded ??= this.#inOne().catch((error) => {
      this.#loaded = undefined;
      throw error;
    });
  }

  async #inOne(): Promise<void> {
    const [error] = await this.inWorkers(1);
    if (error !== undefined) throw error;
  }
}
