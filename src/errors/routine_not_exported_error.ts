import { MillraceError } from "./millrace_error.ts";

/**
 * A routine is not an export of its module, so a worker has no way to find it.
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
