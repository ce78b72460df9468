import type { BoundTable } from "./bound.ts";
import type { PoolWorker } from "./pool_worker.ts";
import type { Binding } from "./task.ts";
import { allLost, isLoss } from "./worker_errors.ts";
import type { WorkerSet } from "./worker_set.ts";

/** A routine is tried in this many workers, where each is lost while it loads the routine. */
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
   * Loads routines in a number of workers, starting them.
   *
   * @returns What kept a routine from loading, or a worker from starting.
   */
  async load(bindings: readonly Binding[], workers: number): Promise<Error[]> {
    const loading = (await this.#loaders(workers)).map((worker) => this.#loadIn(worker, bindings));
    if (loading.length === 0) return [allLost(this.#workers.lost.stuck)];
    return (await Promise.all(loading)).flat();
  }

  /** Waits for no worker any more. */
  close(): void {
    this.#isClosed = true;
  }

  /** Loads routines in a worker, or in another if it is lost meanwhile, for whatever reason. */
  async #loadIn(
    worker: PoolWorker,
    bindings: readonly Binding[],
    tries = TRIES,
  ): Promise<Error[]> {
    await worker.started;
    const loads = bindings.map((binding) => worker.load(this.#bounds.of(binding)));
    const errors = (await Promise.all(loads)).filter((error) => error !== undefined);
    if (tries === 1 || this.#isClosed || !errors.some(isLoss)) return errors;
    const [another] = await this.#loaders(1);
    return another === undefined ? errors : await this.#loadIn(another, bindings, tries - 1);
  }

  /** Workers to load routines in, started if need be; none if none can be. */
  async #loaders(wanted: number): Promise<PoolWorker[]> {
    const { live, lost } = this.#workers;
    for (;;) {
      const free = [...live].filter((worker) => !worker.isBusy).length;
      for (let i = free; i < wanted && this.#workers.mayStart; i++) this.#workers.start();
      // One that is ready comes before one that starts, and one that executes comes last.
      const rank = (worker: PoolWorker) => worker.isBusy ? 2 : worker.isReady ? 0 : 1;
      const chosen = [...live].sort((a, b) => rank(a) - rank(b)).slice(0, wanted);
      if (chosen.length > 0 || this.#workers.isSpent || this.#isClosed) return chosen;
      // All threads that there may be are about to end.
      await lost.change();
    }
  }
}
