// The options of `new WorkerPool`, with their defaults, and a check for each.

import { checkCount, checkDuration, checkFunction, checkLimit } from "../data/option.ts";
import type { OptionChecks } from "../data/options.ts";
import type { UncaughtError } from "../errors/value_errors.ts";
import type { StartWorker } from "./worker_channel.ts";

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
   * The maximum number of workers.
   *
   * @default {navigator.hardwareConcurrency}
   */
  readonly maxWorkers?: number;
  /**
   * The maximum number of activations that execute at once, in all workers together. If it is higher than
   * `maxWorkers`, a worker executes several activations, interleaved where they await. That suits handlers
   * that wait, for example for a server.
   *
   * @default {maxWorkers}
   */
  readonly concurrency?: number;
  /**
   * The time after which a worker without a task is ended, in milliseconds. The clock starts when its last
   * task has ended.
   *
   * @default {10_000}
   */
  readonly idleTimeout?: number;
  /**
   * The time that a handler has to end after `ctx.signal` has aborted, in milliseconds. After that, its
   * activation ends without it and its worker is replaced. The `onStop` functions of the modules have the
   * same time when a worker ends. The clock starts when the abort or the stop is sent to the worker; a
   * handler that ends as soon as it receives the abort is always in time.
   *
   * @default {1_000}
   */
  readonly grace?: number;
  /**
   * The time that the module of a routine has to load in a worker, including its top-level await, in
   * milliseconds. The clock starts when the worker begins to load the module. A worker that
   * {@linkcode WorkerPoolOptions.startWorker} starts has the same time to be ready.
   *
   * @default {10_000}
   */
  readonly loadTimeout?: number;
  /**
   * The maximum number of threads that still run after their workers were terminated, as the platform cannot
   * stop a thread that never yields. Once it is reached, no worker is started any more; when no other worker
   * is left, waiting tasks fail with a `WorkerLostError`.
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
   * The maximum number of `pool.run` calls that wait for a worker, besides those that could execute at once;
   * further calls reject with a `QueueFullError`. Flows have a limit of their own, `maxQueued`.
   *
   * @default {Infinity}
   */
  readonly maxQueue?: number;
  /**
   * Starts a worker of another kind than a Web Worker, such as a process, and returns the channel to it. At
   * the other end of the channel, `serveWorker` of `@millrace/flow/worker` executes the routines. The file
   * `examples/process_worker.ts` of the repository is a complete program with such workers.
   *
   * - **Start.** If this function throws, or the worker is not ready within `loadTimeout`, the worker has not
   *   started. While other workers serve, the next one is started after a pause, which doubles from 100 ms to
   *   5 s; if none serves, each failed start fails a waiting activation.
   * - **Code.** A routine is found by the URL of its module, so a URL must refer to the same code at both
   *   ends. A `file:` URL requires the same path on the other machine; an `https:` URL does not.
   * - **Values.** A channel carries bytes. A value that cannot be serialized, such as a `SharedArrayBuffer`
   *   or a port, or that is moved with `transfer`, fails the activation or the call that sends it.
   * - **Latency.** Each activation takes two round trips over the channel, and the activations of one worker
   *   are sent one by one. A round trip must take well below 200 ms, as a worker that does not answer within
   *   that time counts as blocked: it gets fewer tasks, ends without `onStop`, and is lost together with all
   *   its activations when one handler does not stop.
   * - **Trust.** The pool can make the other end execute any code, and so can anyone else who can write to
   *   the channel. A channel that leaves the machine must therefore be encrypted and authenticate both ends,
   *   which is up to its author.
   *
   * @default A Web Worker
   */
  readonly startWorker?: StartWorker;
  /**
   * Called with errors in a worker that belong to no activation, such as the error of a timer that a routine
   * left running, and with errors thrown by a {@linkcode TaskSource}. An error that this function throws, or
   * rejects with, is written to the console.
   *
   * @default {console.error}, with control characters in the texts of the error escaped.
   */
  readonly onUncaught?: (error: UncaughtError) => void;
}

/** The checks of the options of a pool. */
export const POOL: OptionChecks<WorkerPoolOptions> = {
  maxWorkers: checkCount,
  concurrency: checkCount,
  idleTimeout: checkDuration,
  grace: checkDuration,
  loadTimeout: checkDuration,
  maxLost: checkLimit,
  maxActivations: checkLimit,
  maxQueue: checkLimit,
  startWorker: checkFunction,
  onUncaught: checkFunction,
};
