import { MillraceError } from "./millrace_error.ts";

/** The worker that held an activation died, or was given up because it did not stop when told to. */
export class WorkerLostError extends MillraceError {
  /** Always `"WorkerLostError"`. */
  override readonly name = "WorkerLostError";
}
