import type { TracedActivation } from "../run/job_trace.ts";

/**
 * Returns the time that a job takes even if it never waits for a worker: that of its longest chain of activations,
 * each of which was queued by the previous one. Of an activation that has flushed, and goes on beside its successors,
 * only the time until it queued the next one is part of the chain.
 *
 * @param since The moment from which on executions count. The default is all of them.
 */
export function chainTime({ activations }: Executed, since = -Infinity): number {
  // An activation precedes those that it queues, so one pass is enough.
  const chains = new Map<string, { before: number; activation: typeof activations[number] }>();
  let longest = 0;
  for (const activation of activations) {
    const { activationId, from, queuedAt } = activation;
    const source = from === undefined ? undefined : chains.get(from);
    const before = source === undefined
      ? 0
      : source.before + ownTime(source.activation, since, queuedAt);
    chains.set(activationId, { before, activation });
    longest = Math.max(longest, before + ownTime(activation, since));
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
  readonly activations: readonly Pick<
    TracedActivation,
    "activationId" | "from" | "queuedAt" | "attempts"
  >[];
}

/** @param until The moment up to which executions count. The default is their end. */
function ownTime(
  { attempts }: Pick<TracedActivation, "attempts">,
  since: number,
  until = Infinity,
): number {
  return attempts.reduce((sum, attempt) => {
    const { startedAt, endedAt = startedAt } = attempt;
    if (startedAt < since || !attempt.isMeasured) return sum;
    return sum + Math.max(0, Math.min(endedAt, until) - startedAt);
  }, 0);
}
