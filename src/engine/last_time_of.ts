import type { Job } from "./job.ts";

/**
 * Returns the time of the last event of a job, in epoch milliseconds. A snapshot of an older version does
 * not hold it: of that, the last time at which something was queued or began to wait.
 */
export function lastTimeOf(job: Job): number {
  const { createdAt, startedAt = createdAt, endedAt = startedAt, changedAt } = job;
  if (changedAt !== undefined) return changedAt;
  let last = Math.max(createdAt, startedAt, endedAt);
  for (const { queuedAt } of job.live.values()) last = Math.max(last, queuedAt);
  for (const { timestamp } of job.sharedLog) last = Math.max(last, timestamp);
  return last;
}
