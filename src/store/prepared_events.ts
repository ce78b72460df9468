import type { JobEvent } from "../engine/job_event.ts";
import { type EncodedEvent, encodeEvent } from "./event_encoding.ts";

/** Events that have been encoded and not been written. */
const prepared = new WeakMap<JobEvent, EncodedEvent>();

/**
 * Encodes events that are to be written.
 *
 * @throws {StoreValueError} If one holds what cannot be stored, or is too large.
 */
export function prepareEvents(events: readonly JobEvent[]): void {
  for (const event of events) prepared.set(event, encodeEvent(event));
}

/** An event as it was prepared, or as it is encoded now. */
export function encodedEvent(event: JobEvent): EncodedEvent {
  return prepared.get(event) ?? encodeEvent(event);
}

/** Lets go of what was prepared, as it is written. */
export function discard(events: readonly JobEvent[]): void {
  for (const event of events) prepared.delete(event);
}
