// The loading of routines before there are tasks for them: `Pool.load`, by which flows preload and validate.
// Used by `WorkerPool`.

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
   * Loads routines in a number of workers, and starts workers for that if necessary. A worker that is lost
   * meanwhile is replaced; the maximum number of workers is not exceeded.
   *
   * @returns The errors of routines that did not load, and of workers that did not start.
   */
  async load(bindings: readonly Binding[], workers: number): Promise<Error[]> {
    const chosen = new Set<PoolWorker>();
    const loading = Array.from(
      { length: Math.min(workers, this.#workers.maxWorkers) },
      () => this.#loadInAnother(bindings, chosen),
    );
    const errors = (await Promise.all(loading)).flat();
    return chosen.size === 0 ? [allLost(this.#workers.lost.stuck)] : errors;
  }

  /** Stops waiting for workers. */
  close(): void {
    this.#isClosed = true;
  }

  /**
   * Loads routines in a worker, or in another one if the worker is lost meanwhile for any reason.
   *
   * @param chosen The workers that were chosen so far, to which this one is added.
   */
  async #loadInAnother(
    bindings: readonly Binding[],
    chosen: Set<PoolWorker>,
  ): Promise<Error[]> {
    let errors: Error[] = [];
    for (let tries = TRIES; tries > 0; tries--) {
      const worker = await this.#choose(chosen);
      if (worker === undefined) break;
      await worker.started;
      const loads = bindings.map((binding) => {
        const bound = this.#bounds.of(binding);
        return this.#bounds.modules.errorOf(bound.message) ?? worker.load(bound);
      });
      errors = (await Promise.all(loads)).filter((error) => error !== undefined);
      if (!errors.some(isLoss)) break;
    }
    return errors;
  }

  /** Returns a worker that was not chosen before; `undefined` if there is none and none can be started. */
  async #choose(chosen: Set<PoolWorker>): Promise<PoolWorker | undefined> {
    for (;;) {
      if (this.#isClosed) return undefined;
      const others = [...this.#workers.live].filter((worker) => !chosen.has(worker));
      // Ready workers come first, then starting ones. A busy one may hold a module that blocks it.
      const idle = others.find((worker) => worker.isReady && !worker.isBusy) ??
        others.find((worker) => !worker.isBusy);
      const worker = idle ?? (this.#workers.mayStart ? this.#workers.start() : others[0]);
      if (worker !== undefined) {
        chosen.add(worker);
        return worker;
      }
      if (!this.#workers.mayStartSoon) return undefined;
      await this.#workers.change();
    }
  }
}
