import { MillraceError } from "./millrace_error.ts";

/**
 * The worker that held an activation died, or was given up because it did not stop when told to.
 *
 * @example Trying again in another worker
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
