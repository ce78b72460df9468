import { changeOf } from "../engine/event_table.ts";
import type { JobEvent } from "../engine/job_event.ts";

/**
 * Returns the last events of a job, so few that the work on them takes a short time. An event counts once for itself,
 * and once for each payload that it emits and each activation that it queues, as one event may do so for any number.
 *
 * @param events The events.
 * @param max The maximum count.
 */
export function lastEvents(events: readonly JobEvent[], max: number): readonly JobEvent[] {
  let left = max;
  for (let i = events.length - 1; i >= 0; i--) {
    left -= sizeOf(events[i]!);
    if (left < 0) return events.slice(i + 1);
  }
  return events;
}

function sizeOf(event: JobEvent): number {
  const emits = "effects" in event ? event.effects.emits.length : 0;
  return 1 + emits + (changeOf(event).queued?.length ?? 0);
}
