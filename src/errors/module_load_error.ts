import { MillraceError } from "./millrace_error.ts";

/**
 * A routine's module could not be loaded in a worker. What it threw is the `cause`.
 *
 * @example Loading all modules before the first job
 * ```ts
 * import { Flow, ModuleLoadError } from "@millrace/flow";
 * import { fibonacci } from "../../examples/fibonacci.ts";
 *
 * await using flow = new Flow({ maxWorkers: 1 }).add("fibonacci", fibonacci);
 * try {
 *   await flow.warm();
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
