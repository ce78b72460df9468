/**
 * The status of a flow:
 *
 * - `"running"`: it executes the activations of its jobs.
 * - `"paused"`: the whole flow was paused by `flow.pause()`.
 * - `"halted"`: its store cannot be written. No activation begins. The flow retries the write with a growing
 *   delay of at most a second, and goes on without loss when the store can be written again.
 * - `"closed"`: it was closed.
 *
 * @example A health check of a service
 * ```ts
 * import type { Flow, FlowStatus } from "@millrace/flow";
 *
 * const healthy: readonly FlowStatus[] = ["running", "paused"];
 * const isHealthy = (flow: Flow): boolean => healthy.includes(flow.status);
 * ```
 */
export type FlowStatus = "running" | "paused" | "halted" | "closed";

/**
 * Called when the status of a flow has changed.
 *
 * @example An alert when the disk is full
 * ```ts
 * import { Flow } from "@millrace/flow";
 * import type { OnStatus } from "@millrace/flow/events";
 *
 * const onStatus: OnStatus = (status, error) => {
 *   if (status === "halted") console.error("page somebody:", error?.message);
 * };
 * await using flow = new Flow({ onStatus });
 * ```
 *
 * @param status The new status.
 * @param error The error of the store, if it is halted.
 */
export type OnStatus = (status: FlowStatus, error: Error | undefined) => void;

/** Returns a function that writes to the console when a flow is halted, and when it goes on. */
export function reportOutages(flowId: string): OnStatus {
  let wasHalted = false;
  return (status, error) => {
    if (status === "halted") {
      console.error(`flow "${flowId}" is halted and tries again by itself: ${error?.message}`);
    } else if (wasHalted && status !== "closed") {
      console.error(`flow "${flowId}" goes on: its store can be written again`);
    }
    wasHalted = status === "halted";
  };
}
