import { hasEnded, type Job } from "../engine/job.ts";
import type { Retention } from "./retention.ts";

/** The events and bytes of a job since its last snapshot. */
export interface Unsaved {
  /** The number of JobEvents. */
  events: number;
  /** The size of these JobEvents, in characters and bytes. */
  size: number;
  /** The size of the last snapshot, in bytes; 0 if there is none. */
  readonly last: number;
}

/** Returns the counts right after a snapshot. */
export function nothingUnsaved(last: number): Unsaved {
  return { events: 0, size: 0, last };
}

/** The minimum number of JobEvents, or of bytes, since the last snapshot for another one. */
const EVENTS = 10_000, SIZE = 4 * 2 ** 20;

/** The number of JobEvents and the size up to which an ended job is read quickly without a snapshot. */
const FEW_EVENTS = 64, SMALL = 64 * 1024;

/**
 * Checks whether a snapshot of a job is worth its cost: writing it must cost less than reading the events
 * that it replaces. An ended job gets no further snapshot, and may be read often.
 *
 * @param job The job.
 * @param unsaved The events and bytes since the last snapshot of the job.
 * @param retention The retention of the store.
 */
export function isSnapshotDue(
  job: Job,
  { events, size, last }: Unsaved,
  retention: Required<Retention>,
): boolean {
  if (hasEnded(job)) return events > Math.min(FEW_EVENTS, retention.events) || size > SMALL;
  const parts = job.live.size + job.sharedLog.length + job.sharedData.size;
  // The number of parts does not reflect their sizes, so the size of the last snapshot is compared as well.
  // The total size of the snapshots of a job thus stays in proportion to that of its events.
  if (events >= Math.max(EVENTS, 10 * parts) && 4 * size >= last) return true;
  return size >= Math.max(SIZE, 4 * last);
}
