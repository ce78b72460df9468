import { type ExecutionRecord, historyOf } from "../engine/history_of.ts";
import type { JobEvent } from "../engine/job_event.ts";

/** Returns the history of a job, whose records must not be changed, as they share payloads with the events. */
export function historyRecords(events: Iterable<JobEvent>): readonly ExecutionRecord[] {
  return historyOf(events);
}
