import type { Job } from "./job.ts";

/**
 * Returns the time of the last event of a job, in epoch milliseconds. For a snapshot of an older version,
 * which lacks that time, returns the latest time that the state contains.
 */
export function lastTimeOf(job: Job): number {
  const { createdAt, startedAt = createdAt, endedAt = startedAt, changedAt } = job;
  if (changedAt !== undefined) return changedAt;
  let last = Math.max(createdAt, startedAt, endedAt);
  for (const { queuedAt } of job.live.values()) last = Math.max(last, queuedAt);
  for (const { timestamp } of job.sharedLog) last = Math.max(last, timestamp);
  return last;
}
