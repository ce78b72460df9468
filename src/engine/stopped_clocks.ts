// How the clocks of a job stand still. A clock is kept as the time from which it counts, and is moved on by
// the time that is not to count. What is to happen at a time, as a retry, is not moved on by that; but
// from when it could have been executed, which may lie within that time. The table of docs/timeouts.md
// says which clock stands still when.

import type { Job, LiveActivation } from "./job.ts";

/** The clocks of a queued activation stand still from a time on, as its job is paused. */
export function stopClocks(live: LiveActivation, at: number): void {
  live.stoppedAt ??= at;
}

/** The clocks of an activation go on, if they stood still. */
export function startClocks(live: LiveActivation, at: number): void {
  const { stoppedAt } = live;
  if (stoppedAt === undefined) return;
  move(live, stoppedAt, at);
  live.stoppedAt = undefined;
}

/**
 * Leaves a time out of all clocks of a job.
 *
 * @param job The job.
 * @param outage How long it was, in milliseconds.
 * @param to When it ended, in epoch milliseconds.
 */
export function leaveOut(job: Job, outage: number, to: number): void {
  const from = to - outage;
  if (job.deadline !== undefined) job.deadline += to - Math.min(to, Math.max(from, beginOf(job)));
  for (const live of job.live.values()) {
    // Those that stand still are moved on by all of it at once.
    if (live.stoppedAt === undefined) move(live, from, to);
  }
  for (const [waitId, wait] of job.waits) {
    if (wait.timeout === undefined) continue;
    job.waits.set(waitId, { ...wait, since: moved(wait.since, from, to) });
  }
}

/** From when the timeout of a job counts. */
function beginOf(job: Job): number {
  if (job.startedAt !== undefined) return job.startedAt;
  const [entry] = job.live.values();
  return entry?.activation.dueAt ?? job.createdAt;
}

function move(live: LiveActivation, from: number, to: number): void {
  live.queuedAt = moved(live.queuedAt, from, to);
  live.dueAt = moved(live.dueAt, from, to);
}

/** From when a clock counts that is not to count from one time to another. */
function moved(at: number, from: number, to: number): number {
  // By rounding it may not come to lie after the time at which the job goes on.
  if (at <= from) return Math.min(to, at + to - from);
  return at < to ? to : at;
}
