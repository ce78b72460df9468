import type { SerializedError } from "../data/serialized_error.ts";

/**
 * The event on which the failures of a routine are emitted, if it is connected.
 *
 * @example Collecting failures while the job goes on
 * ```ts
 * import { defineRoutine, ERROR_EVENT, type FailedPayload, Flow, slot } from "@millrace/flow";
 * import { fibonacci } from "../../examples/fibonacci.ts";
 *
 * export const gather = defineRoutine(import.meta, {
 *   slots: { failed: slot<FailedPayload<number>>() },
 *   handlers: {
 *     failed({ payload, error }, ctx) {
 *       ctx.sharedLog.append({ payload, why: error.message });
 *     },
 *   },
 * });
 *
 * await using flow = new Flow()
 *   .add("fibonacci", fibonacci)
 *   .add("gather", gather)
 *   .connect(`fibonacci.${ERROR_EVENT}`, "gather.failed");
 * ```
 */
export const ERROR_EVENT = "$error";

/**
 * The payload of `$error`.
 *
 * @example Logging the slot and the error of a failure
 * ```ts
 * import type { FailedPayload } from "@millrace/flow";
 *
 * function describe({ payload, slot, error }: FailedPayload<number>): string {
 *   return `${slot} failed at ${payload}: ${error.name}: ${error.message}`;
 * }
 * const error = { name: "RangeError", message: "too large" };
 * console.log(describe({ payload: 5, slot: "n", error })); // n failed at 5: RangeError: too large
 * ```
 */
export interface FailedPayload<Payload = unknown> {
  /**
   * The payload of the failed activation; `undefined` for a failed wait for a signal. A buffer that was moved
   * to the routine is empty.
   */
  readonly payload: Payload;
  /** The slot to which it was delivered. */
  readonly slot: string;
  /** The error of the failure. */
  readonly error: SerializedError;
}
