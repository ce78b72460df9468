import { hasEnded, type Job } from "../engine/job.ts";
import type { Retention } from "./retention.ts";

/** Events and bytes of a job since its last snapshot. */
export interface Unsaved {
  /** Number of JobEvents. */
  events: number;
  /** The characters and bytes that they take. */
  size: number;
  /** The bytes of that snapshot; 0 if there is none. */
  readonly last: number;
}

/** Nothing has come since a snapshot. */
export function nothingUnsaved(last: number): Unsaved {
  return { events: 0, size: 0, last };
}

/** The number of JobEvents, and of bytes, since the last snapshot from which another one pays. */
const EVENTS = 10_000, SIZE = 4 * 2 ** 20;

/** An ended job is read in a moment if it has no more than this. */
const FEW_EVENTS = 64, SMALL = 64 * 1024;

/**
 * Checks whether a snapshot of a job pays: to write it must cost less than the events that it
 * spares those who read the job. An ended job is not written again, and may be read often.
 *
 * @param job The job.
 * @param unsaved What came to it since its last snapshot.
 * @param retention What is stored of it besides.
 */
export function isSnapshotDue(
  job: Job,
  { events, size, last }: Unsaved,
  retention: Required<Retention>,
): boolean {
  if (hasEnded(job)) return events > Math.min(FEW_EVENTS, retention.events) || size > SMALL;
  const parts = job.live.size + job.sharedLog.length + job.sharedData.size;
  // Its parts are not all that it consists of: in bytes as well, a snapshot is not much more than what
  // came since the last, so that all that are written of a job are in proportion to its events.
  if (events >= Math.max(EVENTS, 10 * parts) && 4 * size >= last) return true;
  return size >= Math.max(SIZE, 4 * last);
}
