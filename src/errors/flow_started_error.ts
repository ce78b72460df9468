import { MillraceError } from "./millrace_error.ts";

/** The graph of a flow was changed after its first job had started. */
export class FlowStartedError extends MillraceError {
  /** Always `"FlowStartedError"`. */
  override readonly name = "FlowStartedError";
}
