import type { SerializedError } from "../data/serialized_error.ts";

/** The event on which the payloads that a routine failed at leave, where it is connected. */
export const ERROR_EVENT = "$error";

/** What is delivered over `$error`. */
export interface FailedPayload<Payload = unknown> {
  /** The payload that the routine failed at; `undefined` if it waited for a signal. */
  readonly payload: Payload;
  /** The slot it was delivered to. */
  readonly slot: string;
  /** What failed it. */
  readonly error: SerializedError;
}
