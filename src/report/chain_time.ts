import type { JobTrace, TracedActivation } from "../run/job_trace.ts";
import { isMeasured } from "./executions.ts";

/**
 * Returns the time that a job takes even if it never waits for a worker: that of its longest chain of activations,
 * each of which was queued by the previous one.
 *
 * @param since The moment from which on executions count. The default is all of them.
 */
export function chainTime({ activations }: Executed, since = -Infinity): number {
  // An activation precedes those that it queues, so one pass is enough.
  const ends = new Map<string, number>();
  let longest = 0;
  for (const each of activations) {
    const before = each.from === undefined ? 0 : ends.get(each.from) ?? 0;
    const end = before + ownTime(each, since);
    ends.set(each.activationId, end);
    longest = Math.max(longest, end);
  }
  return longest;
}

/** Returns the total time for which workers executed activations of a job, in milliseconds. */
export function busyTime({ activations }: Executed, since = -Infinity): number {
  return activations.reduce((sum, each) => sum + ownTime(each, since), 0);
}

/** The attempts at the activations of a job, and the activations that led to them. */
export interface Executed {
  /** The activations, each behind the one that led to it. */
  readonly activations: readonly Pick<TracedActivation, "activationId" | "from" | "attempts">[];
}

function ownTime({ attempts }: Pick<JobTrace["activations"][number], "attempts">, since: number) {
  return attempts.reduce((sum, attempt) => {
    const { startedAt, endedAt = startedAt } = attempt;
    return startedAt >= since && isMeasured(attempt) ? sum + endedAt - startedAt : sum;
  }, 0);
}
