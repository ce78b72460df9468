import { MillraceError } from "./millrace_error.ts";

/** More activations would be queued than `maxQueued` or `maxQueuedPerJob` allows. */
export class QueueFullError extends MillraceError {
  /** Always `"QueueFullError"`. */
  override readonly name = "QueueFullError";
}
