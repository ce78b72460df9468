// Stops the clocks of a job. A clock is stored as the time from which it counts; excluding a period moves
// that time later by the length of the period. The time of a planned action, such as a retry, is not moved by
// a period that ends before it; if it lies within the period, it is moved to the end. The table in
// docs/timeouts.md lists when each clock is stopped.

import { type Job, type LiveActivation, waitsOf } from "./job.ts";

/** Stops the clocks of a queued activation at a time, because its job is paused. */
export function stopClocks(live: LiveActivation, at: number): void {
  live.stoppedAt ??= at;
}

/** Starts the clocks of an activation again, if they are stopped. */
export function startClocks(live: LiveActivation, at: number): void {
  const { stoppedAt } = live;
  if (stoppedAt === undefined) return;
  move(live, stoppedAt, at);
  live.stoppedAt = undefined;
}

/**
 * Returns the time at which an activation could first be executed, without the time for which its clocks are
 * stopped.
 */
export function readyAt({ queuedAt, stoppedAt }: LiveActivation, at: number): number {
  return stoppedAt === undefined ? queuedAt : moved(queuedAt, stoppedAt, at);
}

/**
 * Excludes an outage from all clocks of a job.
 *
 * @param job The job.
 * @param outage The length of the outage, in milliseconds.
 * @param to The end of the outage, in epoch milliseconds.
 */
export function leaveOut(job: Job, outage: number, to: number): void {
  const from = to - outage;
  if (job.deadline !== undefined) job.deadline += to - Math.min(to, Math.max(from, beginOf(job)));
  for (const live of job.live.values()) {
    // Stopped clocks are moved by the whole time when they start again.
    if (live.stoppedAt === undefined) move(live, from, to);
  }
  for (const [waitId, wait] of waitsOf(job)) {
    if (wait.timeout === undefined) continue;
    job.waits?.set(waitId, { ...wait, since: moved(wait.since, from, to) });
  }
}

/** Returns the time from which the timeout of a job counts. */
function beginOf(job: Job): number {
  if (job.startedAt !== undefined) return job.startedAt;
  const [entry] = job.live.values();
  return entry?.activation.dueAt ?? job.createdAt;
}

function move(live: LiveActivation, from: number, to: number): void {
  live.queuedAt = moved(live.queuedAt, from, to);
  live.dueAt = moved(live.dueAt, from, to);
}

/** Returns the start of a clock from which a period is excluded. */
function moved(at: number, from: number, to: number): number {
  // Bounded, as rounding must not move the start past the time at which the job goes on.
  if (at <= from) return Math.min(to, at + to - from);
  return at < to ? to : at;
}
