import { MillraceError } from "./millrace_error.ts";

/**
 * A worker could not be started, so nothing can be executed.
 *
 * @example Finding out before the first job
 * ```ts
 * import { Flow, WorkerStartError } from "@millrace/flow";
 * import { fibonacci } from "../../examples/fibonacci.ts";
 *
 * await using flow = new Flow({ maxWorkers: 1 }).add("fibonacci", fibonacci);
 * try {
 *   await flow.warm();
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
