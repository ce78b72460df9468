import type { Job, LiveActivation } from "./job.ts";
import { livesOf } from "./line.ts";

/** Returns the queued activations of a job, in the order in which they could first be executed. */
export function queuedOf(job: Job): LiveActivation[] {
  const queued = livesOf(job, "queued");
  // Without delays, that is the order in which they were queued.
  const hasDelays = queued.some(({ activation }) => activation.dueAt !== undefined);
  return hasDelays ? queued.sort((a, b) => a.queuedAt - b.queuedAt) : queued;
}
