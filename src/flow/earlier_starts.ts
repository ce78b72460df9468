import { now, systemOffset } from "../data/clock.ts";
import type { RoutineLimits } from "../engine/routine_limits.ts";
import { UNFINISHED } from "../store/progress.ts";
import type { FlowParts } from "./flow_parts.ts";

/**
 * Counts the attempts of earlier processes to the rates of a durable flow. The last ones of a process that died may not
 * have been stored, so each key counts as many more as the flow executes at once, if any job was left unfinished.
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
  const isUnfinished = store.jobs({ flowId, status: UNFINISHED, limit: 1 }).length > 0;
  limits.adopt(
    starts.map((start) => ({ ...start, at: Math.min(at, start.at - offset) })),
    { count: isUnfinished ? concurrency : 0, at },
  );
}
