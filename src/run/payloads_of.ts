import { changeOf } from "../engine/event_table.ts";
import type { Activation, JobEvent } from "../engine/job_event.ts";

/**
 * Finds activations of a job, with their payloads, which must not be changed.
 *
 * @param events The stream of the job.
 * @param ids The activations to find.
 */
export function payloadsOf(
  events: Iterable<JobEvent>,
  ids: ReadonlySet<string>,
): ReadonlyMap<string, Activation> {
  const found = new Map<string, Activation>();
  if (ids.size === 0) return found;
  for (const event of events) {
    for (const activation of changeOf(event).queued ?? []) {
      if (ids.has(activation.activationId)) found.set(activation.activationId, activation);
    }
  }
  return found;
}
