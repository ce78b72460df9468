import type { ExecutionRecord, Span } from "@millrace/flow";

/** The durations and the dependencies of the activations of a job. */
export interface Executed {
  readonly spans: readonly Pick<Span, "activationId" | "startedAt" | "endedAt">[];
  readonly executionHistory: readonly Pick<ExecutionRecord, "event" | "activationId" | "data">[];
}

/** Returns the total time for which workers executed activations of a job. */
export function busyMs({ spans }: Pick<Executed, "spans">): number {
  return spans.reduce((sum, { startedAt, endedAt }) => sum + endedAt - startedAt, 0);
}

/**
 * Returns the time that a job takes even if it never waits for a worker: that of its longest chain
 * of activations, each of which was queued by the previous one.
 */
export function chainMs({ spans, executionHistory }: Executed): number {
  const own = new Map<string, number>();
  for (const { activationId, startedAt, endedAt } of spans) {
    own.set(activationId, (own.get(activationId) ?? 0) + endedAt - startedAt);
  }
  // An activation precedes those that it queues, so one pass is enough.
  const ends = new Map<string, number>();
  for (const { event, activationId, data } of executionHistory) {
    if (event !== "queued") continue;
    const before = ends.get(String(data?.from)) ?? 0;
    ends.set(activationId, before + (own.get(activationId) ?? 0));
  }
  return Math.max(0, ...ends.values());
}

/**
 * Returns a lower bound for every schedule: the time for all work, divided evenly among the workers
 * that may execute at once, or the longest chain of one job, whichever is greater.
 */
export function lowerBoundMs(jobs: readonly Executed[], limit: number): number {
  const busy = jobs.reduce((sum, job) => sum + busyMs(job), 0);
  return jobs.reduce((bound, job) => Math.max(bound, chainMs(job)), busy / limit);
}
