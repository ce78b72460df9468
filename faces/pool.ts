/**
 * The pool of workers, for sharing one pool between several flows and for running single tasks with
 * `pool.run`, and the interfaces for custom pools and for workers of another kind.
 *
 * @example One pool for two flows
 * ```ts
 * import { Flow } from "@millrace/flow";
 * import { WorkerPool } from "@millrace/flow/pool";
 *
 * await using pool = new WorkerPool({ maxWorkers: 2 });
 * await using orders = new Flow({ id: "orders", pool });
 * await using refunds = new Flow({ id: "refunds", pool });
 * ```
 *
 * @module
 */

export { WorkerPool } from "../src/pool/worker_pool.ts";
export type { WorkerPoolOptions } from "../src/pool/worker_pool_options.ts";
export type { ChannelEvents, StartWorker, WorkerChannel } from "../src/pool/worker_channel.ts";
export type { RunEffects, RunOptions } from "../src/pool/run_queue.ts";
export type {
  Binding,
  Outcome,
  Pool,
  PoolStats,
  Receiver,
  Task,
  TaskSource,
  TaskState,
} from "../src/pool/task.ts";
export type { Found } from "../src/routine/found.ts";
export type { DataWrite, Effects, Emit, LogWrite, WaitRequest } from "../src/routine/effects.ts";
