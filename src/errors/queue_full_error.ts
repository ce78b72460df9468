import { MillraceError } from "./millrace_error.ts";

/**
 * More activations would be queued than `maxQueued` or `maxQueuedPerJob` allows.
 *
 * @example Waiting for room before the next job
 * ```ts
 * import { Flow, QueueFullError } from "@millrace/flow";
 * import { fibonacci } from "../../examples/fibonacci.ts";
 *
 * await using flow = new Flow({ maxQueued: 1 }).add("fibonacci", fibonacci);
 * flow.pause();
 * flow.start("fibonacci.n", 20);
 * try {
 *   flow.start("fibonacci.n", 21); // `await flow.room()` before it waits until there is room
 * } catch (error) {
 *   console.log(error instanceof QueueFullError); // true
 * }
 * ```
 */
export class QueueFullError extends MillraceError {
  /** Always `"QueueFullError"`. */
  override readonly name = "QueueFullError";
}
