import { MillraceError } from "./millrace_error.ts";

/**
 * An activation was named that its job does not have, or has no more.
 *
 * @example Cancelling what may have ended meanwhile
 * ```ts
 * import { Flow, UnknownActivationError } from "@millrace/flow";
 * import { fibonacci } from "../../examples/fibonacci.ts";
 *
 * await using flow = new Flow().add("fibonacci", fibonacci);
 * flow.pause();
 * const job = flow.start("fibonacci.n", 20);
 * try {
 *   flow.cancelActivation(job, "no such activation");
 * } catch (error) {
 *   if (!(error instanceof UnknownActivationError)) throw error; // else there is nothing to do
 * }
 * ```
 */
export class UnknownActivationError extends MillraceError {
  /** Always `"UnknownActivationError"`. */
  override readonly name = "UnknownActivationError";
}
