import { sameValue } from "../data/same_value.ts";
import type { JobStarted } from "../engine/job_event.ts";
import type { JobEntry } from "./store.ts";

/** Returns the entry with which a job was started. */
export function entryOf({ jobId, activation, feed }: JobStarted): JobEntry {
  if (activation !== undefined) {
    const { routineId, slot, payload } = activation;
    return { routineId, slot, payload };
  }
  if (feed === undefined) {
    throw new TypeError(`Job "${jobId}" has no first activation, and no feed`);
  }
  return { routineId: feed.routineId, slot: feed.slot, payload: undefined, isFed: true };
}

/** Checks whether two jobs begin at the same slot, with an equal payload or both with a feed. */
export function isSameEntry(a: JobEntry, b: JobEntry): boolean {
  return a.routineId === b.routineId && a.slot === b.slot && a.isFed === b.isFed &&
    sameValue(a.payload, b.payload);
}
