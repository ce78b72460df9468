import { now, systemOffset } from "../data/clock.ts";
import type { RoutineLimits } from "../engine/routine_limits.ts";
import { UNFINISHED } from "../store/progress.ts";
import type { Store } from "../store/store.ts";
import type { FlowParts } from "./flow_parts.ts";

/**
 * Counts the attempts of earlier processes to the rates of a durable flow. The last ones of a process that died may not
 * have been stored, so each key counts as many more as the flow executes at once. That is not so after a process that
 * closed its flow, or nothing would ever begin in a flow that is closed more often than its rates have room.
 *
 * @param flow The flow.
 * @param limits The limits of its routines.
 */
export function countEarlierStarts(
  { flowId, rules, store, concurrency }: FlowParts,
  limits: Pick<RoutineLimits<never>, "adopt">,
): void {
  if (!store.isDurable || ![...rules.limits?.values() ?? []].some(({ rate }) => rate)) return;
  const at = now();
  if (store.startsSince === undefined) return limits.adopt([], { count: Infinity, at });
  const offset = systemOffset();
  const starts = [...store.startsSince(flowId, at + offset)];
  limits.adopt(
    starts.map((start) => ({ ...start, at: Math.min(at, start.at - offset) })),
    { count: mayLackStarts(store, flowId) ? concurrency : 0, at },
  );
}

/** Checks whether the process before may have made attempts that are not stored. */
function mayLackStarts(store: Store, flowId: string): boolean {
  const [newest] = store.jobs({ flowId, status: UNFINISHED, limit: 1 });
  if (newest === undefined) return false;
  try {
    // A flow leaves its jobs when no attempt is left; a process that takes them over, or adds one, records that first.
    return store.latest(newest.jobId)?.events.at(-1)?.type !== "job_left";
  } catch {
    // `recover` reports a job that cannot be read.
    return true;
  }
}
