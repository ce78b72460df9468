import type { FlowIssue } from "../graph/flow_issue.ts";
import { MillraceError } from "./millrace_error.ts";

/**
 * A flow cannot start because its wiring is wrong; every fault is in `issues`.
 *
 * @example A connection that is made twice
 * ```ts
 * import { Flow, FlowValidationError } from "@millrace/flow";
 * import { fibonacci } from "../../examples/fibonacci.ts";
 *
 * await using flow = new Flow()
 *   .add("fibonacci", fibonacci)
 *   .connect("fibonacci.result", "fibonacci.n")
 *   .connect("fibonacci.result", "fibonacci.n");
 * try {
 *   flow.start("fibonacci.n", 20);
 * } catch (error) {
 *   if (!(error instanceof FlowValidationError)) throw error;
 *   for (const { code, fix } of error.issues) console.log(code, fix);
 * }
 * ```
 */
export class FlowValidationError extends MillraceError {
  /** Always `"FlowValidationError"`. */
  override readonly name = "FlowValidationError";
  /** The issues, each with its place and a fix. */
  readonly issues: readonly FlowIssue[];

  /**
   * Makes the error.
   *
   * @param flowId The flow.
   * @param issues What is wrong with it.
   */
  constructor(flowId: string, issues: readonly FlowIssue[]) {
    const lines = issues.map(({ place, message, fix }) => `  ${place}: ${message}; ${fix}`);
    super(`flow "${flowId}" cannot start:\n${lines.join("\n")}`, { flowId });
    this.issues = issues;
  }
}
