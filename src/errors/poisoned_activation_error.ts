import { MillraceError } from "./millrace_error.ts";

/**
 * An activation has lost as many workers, or processes, as `maxCrashes` allows, and is not
 * tried again; the loss of a worker is the `cause`.
 *
 * @example Giving up one bad payload, not the job
 * ```ts
 * import { Flow } from "@millrace/flow";
 * import { fibonacci } from "../../examples/fibonacci.ts";
 *
 * await using flow = new Flow({ maxCrashes: 2 }).add("fibonacci", fibonacci, {
 *   onErrorOf: {
 *     WorkerLostError: { strategy: "retry" }, // until a second worker is lost
 *     PoisonedActivationError: "continue",
 *   },
 * });
 * ```
 */
export class PoisonedActivationError extends MillraceError {
  /** Always `"PoisonedActivationError"`. */
  override readonly name = "PoisonedActivationError";
}
