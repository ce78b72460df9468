import { MillraceError } from "./millrace_error.ts";

/**
 * The graph of a flow was changed after its first job had started.
 *
 * @example Adding a routine too late
 * ```ts
 * import { Flow, FlowStartedError } from "@millrace/flow";
 * import { fibonacci, total } from "../../examples/fibonacci.ts";
 *
 * await using flow = new Flow().add("fibonacci", fibonacci);
 * flow.pause();
 * flow.start("fibonacci.n", 20);
 * try {
 *   flow.add("total", total); // belongs before the first start
 * } catch (error) {
 *   console.log(error instanceof FlowStartedError); // true
 * }
 * ```
 */
export class FlowStartedError extends MillraceError {
  /** Always `"FlowStartedError"`. */
  override readonly name = "FlowStartedError";
}
