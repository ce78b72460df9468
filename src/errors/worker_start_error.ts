import { MillraceError } from "./millrace_error.ts";

/** A worker could not be started, so nothing can be executed. */
export class WorkerStartError extends MillraceError {
  /** Always `"WorkerStartError"`. */
  override readonly name = "WorkerStartError";
}
