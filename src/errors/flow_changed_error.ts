import { MillraceError } from "./millrace_error.ts";

/**
 * A job cannot go on, as its flow is wired otherwise than when it started.
 *
 * @example Cancelling what an older version of the flow left
 * ```ts
 * import { Flow, FlowChangedError, MemoryStore } from "@millrace/flow";
 * import { fibonacci, total } from "../../examples/fibonacci.ts";
 *
 * const store = new MemoryStore();
 * const older = new Flow({ store }).add("fibonacci", fibonacci);
 * older.pause();
 * older.start("fibonacci.n", 20);
 * await older.close({ jobs: "keep" });
 *
 * await using flow = new Flow({ store }).add("fibonacci", fibonacci).add("total", total);
 * try {
 *   await flow.recover();
 * } catch (error) {
 *   if (!(error instanceof FlowChangedError)) throw error;
 *   console.log(error.added); // [ "total(number) -> ()" ], which the older flow lacked
 *   await flow.recover({ changed: "cancel" });
 * }
 * ```
 */
export class FlowChangedError extends MillraceError {
  /** Always `"FlowChangedError"`. */
  override readonly name = "FlowChangedError";
  /** Parts that the flow had then and lacks now. */
  readonly removed: readonly string[];
  /** Parts that the flow has now and lacked then. */
  readonly added: readonly string[];

  /**
   * Makes the error.
   *
   * @param flowId The flow.
   * @param jobId The job.
   * @param removed What the flow had then and lacks now.
   * @param added What the flow has now and lacked then.
   */
  constructor(
    flowId: string,
    jobId: string,
    removed: readonly string[],
    added: readonly string[],
  ) {
    const lines = [...removed.map((line) => `  - ${line}`), ...added.map((line) => `  + ${line}`)];
    super(
      `flow "${flowId}" has changed since job "${jobId}" started; restore it, or recover with { changed: "continue" } or { changed: "cancel" }:\n${
        lines.join("\n")
      }`,
      { flowId, jobId },
    );
    this.removed = removed;
    this.added = added;
  }
}
