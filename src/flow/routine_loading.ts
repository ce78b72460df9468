import type { Binding, Pool } from "../pool/task.ts";

/** Loads the routines of a flow in workers, to find what is wrong with them before a job does. */
export class RoutineLoading {
  readonly #pool: () => Pool;
  readonly #bindings: ReadonlyMap<string, Binding>;
  #loaded: Promise<void> | undefined;

  /**
   * @param pool Gives the pool, which is made when it is first needed.
   * @param bindings The routines, by id.
   */
  constructor(pool: () => Pool, bindings: ReadonlyMap<string, Binding>) {
    this.#pool = pool;
    this.#bindings = bindings;
  }

  /** Loads them in a number of workers; returns what is wrong. */
  async inWorkers(workers: number): Promise<Error[]> {
    return await this.#pool().load([...this.#bindings.values()], workers);
  }

  /** Loads them in one worker, and not again where that went well; rejects with what is wrong. */
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
