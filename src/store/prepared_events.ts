import type { JobEvent } from "../engine/job_event.ts";
import { type EncodedEvent, encodeEvent } from "./event_encoding.ts";

/** Events that were encoded but not written yet. */
const prepared = new WeakMap<JobEvent, EncodedEvent>();

/**
 * Encodes events that are about to be written.
 *
 * @throws {StoreValueError} If an event has a value that cannot be stored, or is too large.
 */
export function prepareEvents(events: readonly JobEvent[]): void {
  for (const event of events) prepared.set(event, encodeEvent(event));
}

/** Returns the prepared encoding of an event, or encodes it now. */
export function encodedEvent(event: JobEvent): EncodedEvent {
  return prepared.get(event) ?? encodeEvent(event);
}

/** Drops the encodings of events that were written. */
export function discard(events: readonly JobEvent[]): void {
  for (const event of events) prepared.delete(event);
}
