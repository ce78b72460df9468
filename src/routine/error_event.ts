import type { SerializedError } from "../data/serialized_error.ts";

/**
 * The event on which the payloads that a routine failed at leave, where it is connected.
 *
 * @example Gathering what failed, while the job goes on
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
 * @example Telling what failed where
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
   * The payload that the routine failed at; `undefined` if it waited for a signal. A buffer that was
   * moved to the routine is empty.
   */
  readonly payload: Payload;
  /** The slot it was delivered to. */
  readonly slot: string;
  /** The error that failed it. */
  readonly error: SerializedError;
}
