import type { UncaughtError } from "../errors/uncaught_error.ts";

/**
 * Options of a `WorkerPool`.
 *
 * @example One pool for several flows
 * ```ts
 * import { Flow, WorkerPool, type WorkerPoolOptions } from "@millrace/flow";
 *
 * const options: WorkerPoolOptions = { maxWorkers: 4, idleTimeout: 60_000, maxActivations: 5_000 };
 * await using pool = new WorkerPool(options);
 * await using imports = new Flow({ id: "imports", pool, maxWorkers: 3 });
 * await using reports = new Flow({ id: "reports", pool });
 * console.log(imports.maxWorkers, reports.maxWorkers); // 3 4
 * ```
 */
export interface WorkerPoolOptions {
  /**
   * The greatest number of workers.
   *
   * @default {navigator.hardwareConcurrency}
   */
  readonly maxWorkers?: number;
  /**
   * Milliseconds after which a worker without a task is let go. The clock starts when its last task
   * has ended.
   *
   * @default {10_000}
   */
  readonly idleTimeout?: number;
  /**
   * Milliseconds that a handler has to end after `ctx.signal` aborted, before its worker is given
   * up. The clock starts when the worker is told.
   *
   * @default {1_000}
   */
  readonly grace?: number;
  /**
   * Milliseconds that the module of a routine has to load in a worker, its top-level await included.
   * The clock starts when the worker begins to load it.
   *
   * @default {10_000}
   */
  readonly loadTimeout?: number;
  /**
   * How many threads may run on after they were given up: the platform cannot stop one that never
   * yields. When there are as many, no worker is started any more; when none is left besides, what
   * waits fails with a `WorkerLostError`.
   *
   * @default {8}
   */
  readonly maxLost?: number;
  /**
   * How many activations a worker executes before it is replaced by a new one.
   *
   * @default {Infinity}
   */
  readonly maxActivations?: number;
  /**
   * Called with what failed in a worker while it executed nothing, as a timer that a routine left
   * running: there is no activation that could fail with it.
   *
   * @default {console.error}
   */
  readonly onUncaught?: (error: UncaughtError) => void;
}
