import type { Job, LiveActivation } from "./job.ts";
import { livesOf } from "./line.ts";
import { readyAt } from "./stopped_clocks.ts";

/**
 * Returns the queued activations of a job, in the order in which they could first be executed.
 *
 * @param at The current time.
 */
export function queuedOf(job: Job, at: number): LiveActivation[] {
  const queued = livesOf(job, "queued");
  // Without delays, that is the order in which they were queued.
  if (queued.every(({ activation }) => activation.dueAt === undefined)) return queued;
  return queued.sort((a, b) => readyAt(a, at) - readyAt(b, at) || plannedAt(a) - plannedAt(b));
}

/** Returns the end of a delay, which orders those that ended in one outage, as all could be executed after it. */
function plannedAt({ activation }: LiveActivation): number {
  return activation.dueAt ?? 0;
}
