import type { Rules } from "../../src/engine/command.ts";
import type { Job, LiveActivation } from "../../src/engine/job.ts";
import { effectivePolicy } from "../../src/graph/policy.ts";
import { Routes } from "../../src/graph/routes.ts";
import type { Effects } from "../../src/routine/effects.ts";
import type { Emission, Parcel } from "./behaviour.ts";
import { type Plan, routineId } from "./plan.ts";
import { step } from "./routines.ts";
import { COUNT, keyOf, unitOf } from "./units.ts";

/** Returns the rules of the flow of a plan. */
export function engineRules({ routines, wires }: Plan): Rules {
  const nodes = routines.map((_, i) => ({ id: routineId(i), routine: step, config: {} }));
  const connections = wires.map(({ from, event, to, slot }) => {
    return { from: `r${from}.${event}`, to: `r${to}.${slot}`, map: undefined };
  });
  const policies = routines.map(({ policy }, i) =>
    [routineId(i), effectivePolicy(policy, {})] as const
  );
  const routes = new Routes({ nodes, connections });
  return { routes, policies: new Map(policies), maxCrashes: 3 };
}

/** The effects that an activation of the routine in `routines.ts` has. */
export function unitEffects(
  { sharedData }: Job,
  { activation: { activationId, payload } }: LiveActivation,
  list: readonly Emission[],
  part: "early" | "late",
  timestamp: number,
): Effects {
  const unit = unitOf(activationId, part);
  const { tag } = payload as Parcel;
  const count = (sharedData.get(COUNT) as number | undefined ?? 0) + 1;
  return {
    emits: list.map(({ event, parcel }) => ({ event, payload: parcel, timestamp })),
    sharedData: [{ key: keyOf(unit), value: { tag } }, { key: COUNT, value: count }],
    sharedLog: [{ timestamp, data: { unit, tag } }],
    routineState: { [unit]: tag },
  };
}
