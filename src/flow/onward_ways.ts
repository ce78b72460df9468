// The connections along which a worker may go straight on from an activation to the one that follows, without
// asking the host. `ActivationSource` gives them to the tasks of activations that nothing else depends on.

import type { EffectivePolicy } from "../graph/policy.ts";
import type { Binding, Receiver } from "../pool/task.ts";
import type { FlowParts } from "./flow_parts.ts";

/**
 * Returns the receivers to which a worker may go straight on, by the routine and the event that they follow. There are
 * none for
 *
 * - a durable store: if the process dies, an effect of the next activation on the outside must not exist without the
 *   commit of the one before, so that is stored first;
 * - sequential execution, as the host decides what comes next;
 * - a traced flow, as the host begins the span of an attempt;
 * - a routine with a timeout, as the host has to see the beginning of its activation;
 * - a receiver with a limit of its own, as the host decides if it may begin;
 * - an event with several receivers, or whose connection renames fields.
 */
export function onwardWays(
  { bindings, rules, store, tracing }: Pick<FlowParts, "bindings" | "rules" | "store" | "tracing">,
): ReadonlyMap<string, ReadonlyMap<string, Receiver>> {
  const all = new Map<string, ReadonlyMap<string, Receiver>>();
  if (store.isDurable || rules.isSequential || tracing !== undefined) return all;
  const isFree = (routineId: string) => !hasTimeout(rules.policies.get(routineId));
  for (const [routineId, { routine }] of bindings) {
    if (!isFree(routineId)) continue;
    const ways = new Map<string, Receiver>();
    for (const event of Object.keys(routine.events)) {
      const [route, ...others] = rules.routes.from(routineId, event);
      if (route === undefined || others.length > 0 || route.map !== undefined) continue;
      const binding: Binding | undefined = bindings.get(route.routineId);
      const isLimited = rules.limits?.has(route.routineId);
      if (binding !== undefined && isFree(route.routineId) && !isLimited) {
        ways.set(event, { binding, slot: route.slot });
      }
    }
    if (ways.size > 0) all.set(routineId, ways);
  }
  return all;
}

function hasTimeout(policy: EffectivePolicy | undefined): boolean {
  if (policy === undefined) return true;
  return Math.min(policy.queueTimeout, policy.runTimeout, policy.totalTimeout) < Infinity;
}
