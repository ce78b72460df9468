import type { BoundTable } from "./bound.ts";
import type { PoolWorker } from "./pool_worker.ts";
import type { Binding } from "./task.ts";
import { allLost, isLoss } from "./worker_errors.ts";
import type { WorkerSet } from "./worker_set.ts";

/** The number of workers in which a routine is tried if each of them is lost while loading it. */
const TRIES = 3;

/** Loads routines in workers before there are tasks for them. */
export class RoutineLoads {
  readonly #workers: WorkerSet;
  readonly #bounds: BoundTable;
  #isClosed = false;

  constructor(workers: WorkerSet, bounds: BoundTable) {
    this.#workers = workers;
    this.#bounds = bounds;
  }

  /**
   * Loads routines in a number of workers, and starts workers for that if necessary.
   *
   * @returns The errors of routines that did not load, and of workers that did not start.
   */
  async load(bindings: readonly Binding[], workers: number): Promise<Error[]> {
    const loading = (await this.#loaders(workers)).map((worker) => this.#loadIn(worker, bindings));
    if (loading.length === 0) return [allLost(this.#workers.lost.stuck)];
    return (await Promise.all(loading)).flat();
  }

  /** Stops waiting for workers. */
  close(): void {
    this.#isClosed = true;
  }

  /** Loads routines in a worker, or in another one if the worker is lost meanwhile for any reason. */
  async #loadIn(
    worker: PoolWorker,
    bindings: readonly Binding[],
    tries = TRIES,
  ): Promise<Error[]> {
    await worker.started;
    const loads = bindings.map((binding) => {
      const bound = this.#bounds.of(binding);
      return this.#bounds.modules.errorOf(bound.message) ?? worker.load(bound);
    });
    const errors = (await Promise.all(loads)).filter((error) => error !== undefined);
    if (tries === 1 || this.#isClosed || !errors.some(isLoss)) return errors;
    const [another] = await this.#loaders(1);
    return another === undefined ? errors : await this.#loadIn(another, bindings, tries - 1);
  }

  /** Returns workers for loading routines, and starts them if necessary; none if no worker can be started. */
  async #loaders(wanted: number): Promise<PoolWorker[]> {
    const { live, lost } = this.#workers;
    for (;;) {
      const free = [...live].filter((worker) => !worker.isBusy).length;
      for (let i = free; i < wanted && this.#workers.mayStart; i++) this.#workers.start();
      // Ready workers come first, then starting ones, then busy ones.
      const rank = (worker: PoolWorker) => worker.isBusy ? 2 : worker.isReady ? 0 : 1;
      const chosen = [...live].sort((a, b) => rank(a) - rank(b)).slice(0, wanted);
      if (chosen.length > 0 || this.#workers.isSpent || this.#isClosed) return chosen;
      // The maximum number of threads exist, but are about to end.
      await lost.change();
    }
  }
}
