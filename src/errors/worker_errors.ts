// The errors of the pool: of workers that start, load a module or end, and of a full queue.

import { MillraceError } from "./millrace_error.ts";

/**
 * The worker that held an activation died, or was replaced because it did not stop when asked to.
 *
 * @example Retrying in another worker
 * ```ts
 * import { Flow } from "@millrace/flow";
 * import { fibonacci } from "../../examples/fibonacci.ts";
 *
 * await using flow = new Flow().add("fibonacci", fibonacci, {
 *   onErrorOf: { WorkerLostError: { strategy: "retry", maxRetries: 1 } },
 * });
 * ```
 */
export class WorkerLostError extends MillraceError {
  /** Always `"WorkerLostError"`. */
  override readonly name = "WorkerLostError";
}

/**
 * A worker could not be started, so nothing can be executed.
 *
 * @example Detecting the error before the first job
 * ```ts
 * import { Flow } from "@millrace/flow";
 * import { WorkerStartError } from "@millrace/flow/errors";
 * import { fibonacci } from "../../examples/fibonacci.ts";
 *
 * await using flow = new Flow({ maxWorkers: 1 }).add("fibonacci", fibonacci);
 * try {
 *   await flow.preload();
 * } catch (error) {
 *   if (error instanceof WorkerStartError) console.error("grant --allow-read", error.message);
 *   throw error;
 * }
 * ```
 */
export class WorkerStartError extends MillraceError {
  /** Always `"WorkerStartError"`. */
  override readonly name = "WorkerStartError";
}

/**
 * A routine's module could not be loaded in a worker. If the module threw an error, that is the `cause`.
 *
 * @example Loading all modules before the first job
 * ```ts
 * import { Flow } from "@millrace/flow";
 * import { ModuleLoadError } from "@millrace/flow/errors";
 * import { fibonacci } from "../../examples/fibonacci.ts";
 *
 * await using flow = new Flow({ maxWorkers: 1 }).add("fibonacci", fibonacci);
 * try {
 *   await flow.preload();
 * } catch (error) {
 *   if (error instanceof ModuleLoadError) console.error(error.routineId, error.cause);
 *   throw error;
 * }
 * ```
 */
export class ModuleLoadError extends MillraceError {
  /** Always `"ModuleLoadError"`. */
  override readonly name = "ModuleLoadError";
}

/**
 * A routine is not exported by its module, so a worker cannot find it.
 *
 * @example Finding such routines before the first job
 * ```ts
 * import { Flow } from "@millrace/flow";
 * import { fibonacci } from "../../examples/fibonacci.ts";
 *
 * await using flow = new Flow({ maxWorkers: 1 }).add("fibonacci", fibonacci);
 * // A routine without `export`, or defined within a function, would be among the issues.
 * const issues = await flow.validate();
 * console.log(issues.filter(({ code }) => code === "not_exported")); // []
 * ```
 */
export class RoutineNotExportedError extends MillraceError {
  /** Always `"RoutineNotExportedError"`. */
  override readonly name = "RoutineNotExportedError";
}

/**
 * More activations would be queued than `maxQueued` or `maxQueuedPerJob` allows.
 *
 * @example Waiting for room before the next job
 * ```ts
 * import { Flow } from "@millrace/flow";
 * import { QueueFullError } from "@millrace/flow/errors";
 * import { fibonacci } from "../../examples/fibonacci.ts";
 *
 * await using flow = new Flow({ maxQueued: 1 }).add("fibonacci", fibonacci);
 * flow.pause();
 * flow.start("fibonacci.n", 20);
 * try {
 *   flow.start("fibonacci.n", 21); // `await flow.whenCapacity()` before it waits until there is room
 * } catch (error) {
 *   console.log(error instanceof QueueFullError); // true
 * }
 * ```
 */
export class QueueFullError extends MillraceError {
  /** Always `"QueueFullError"`. */
  override readonly name = "QueueFullError";
}
