import { checkCount, checkDuration, checkFunction, checkLimit } from "../data/option.ts";
import type { OptionChecks } from "../data/options.ts";
import type { UncaughtError } from "../errors/value_errors.ts";

/**
 * Options of a `WorkerPool`.
 *
 * @example One pool for several flows
 * ```ts
 * import { Flow } from "@millrace/flow";
 * import { WorkerPool, type WorkerPoolOptions } from "@millrace/flow/pool";
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
   * The greatest number of activations that execute at once, over all workers. Above `maxWorkers`, a
   * worker executes several, interleaved where they await: for handlers that wait, as for a server.
   *
   * @default {maxWorkers}
   */
  readonly concurrency?: number;
  /**
   * Milliseconds after which a worker without a task is let go. The clock starts when its last task
   * has ended.
   *
   * @default {10_000}
   */
  readonly idleTimeout?: number;
  /**
   * Milliseconds that a handler has to end after `ctx.signal` aborted, before its activation ends
   * without it and its worker is replaced; and that the `onStop` of its modules has when a worker ends.
   * The clock starts when the worker is sent the abort, or the stop; a handler that ends as soon as it
   * receives the abort is always in time.
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
   * The greatest number of threads that may run on after they were given up: the platform cannot
   * stop one that never yields. When there are as many, no worker is started any more; when none is
   * left besides, what waits fails with a `WorkerLostError`.
   *
   * @default {8}
   */
  readonly maxLost?: number;
  /**
   * The number of activations after which a worker is replaced by a new one.
   *
   * @default {Infinity}
   */
  readonly maxActivations?: number;
  /**
   * The greatest number of `pool.run` calls that wait for a worker: one more rejects with a
   * `QueueFullError`. Flows have a limit of their own, `maxQueued`.
   *
   * @default {Infinity}
   */
  readonly maxQueue?: number;
  /**
   * Called with what failed in a worker and belongs to no activation that could fail with it, as a
   * timer that a routine left running; and with what the code of a {@linkcode TaskSource} throws. What it
   * throws itself goes to the console.
   *
   * @default {console.error}, with control characters of its texts written as escapes.
   */
  readonly onUncaught?: (error: UncaughtError) => void;
}

/** The options of a pool, each with its check. */
export const POOL: OptionChecks<WorkerPoolOptions> = {
  maxWorkers: checkCount,
  concurrency: checkCount,
  idleTimeout: checkDuration,
  grace: checkDuration,
  loadTimeout: checkDuration,
  maxLost: checkLimit,
  maxActivations: checkLimit,
  maxQueue: checkLimit,
  onUncaught: checkFunction,
};
