import { MillraceError } from "./millrace_error.ts";

/**
 * A flow was used while another one of the same id had the same store open: both would execute the same
 * jobs.
 *
 * @example Two flows on one store
 * ```ts
 * import { DuplicateFlowError, Flow, MemoryStore } from "@millrace/flow";
 * import { fibonacci } from "../../examples/fibonacci.ts";
 *
 * const store = new MemoryStore();
 * await using first = new Flow({ id: "numbers", store }).add("fibonacci", fibonacci);
 * await using second = new Flow({ id: "numbers", store }).add("fibonacci", fibonacci);
 * await first.recover();
 * try {
 *   await second.recover();
 * } catch (error) {
 *   console.log(error instanceof DuplicateFlowError); // true
 * }
 * ```
 */
export class DuplicateFlowError extends MillraceError {
  /** Always `"DuplicateFlowError"`. */
  override readonly name = "DuplicateFlowError";

  /**
   * Makes the error.
   *
   * @param flowId The id of both flows.
   */
  constructor(flowId: string) {
    super(
      `a flow "${flowId}" has this store open already; use that one, close it first, or give this one an id of its own`,
      { flowId },
    );
  }
}
