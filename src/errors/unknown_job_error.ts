import { MillraceError } from "./millrace_error.ts";

/**
 * A flow was asked about a job that is not one of its own.
 *
 * @example A job id that came from outside
 * ```ts
 * import { Flow, UnknownJobError } from "@millrace/flow";
 * import { fibonacci } from "../../examples/fibonacci.ts";
 *
 * await using flow = new Flow({ id: "numbers" }).add("fibonacci", fibonacci);
 * try {
 *   flow.cancel("typo");
 * } catch (error) {
 *   if (!(error instanceof UnknownJobError)) throw error;
 *   console.log(error.jobId, [...flow.jobs.keys()]); // typo []
 * }
 * ```
 */
export class UnknownJobError extends MillraceError {
  /** Always `"UnknownJobError"`. */
  override readonly name = "UnknownJobError";

  /**
   * Makes the error.
   *
   * @param flowId The flow.
   * @param jobId The id that no job of it has.
   * @param isLeft Whether an earlier process left such a job unfinished in the flow's store.
   */
  constructor(flowId: string, jobId: string, isLeft = false) {
    super(
      isLeft
        ? `flow "${flowId}" has not taken over job "${jobId}", which its store has unfinished; await flow.recover() first`
        : `flow "${flowId}" has no job "${jobId}"; its jobs are listed in flow.jobs`,
      { flowId, jobId },
    );
  }
}
