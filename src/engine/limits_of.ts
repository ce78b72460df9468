// The limits that an engine applies to the activations of single routines. `Engine` passes them to `RoutineLimits`.

import type { Rules } from "./command.ts";
import type { RoutineLimit } from "./gate.ts";
import type { LimitClock } from "./limit_clock.ts";

/**
 * Returns the limits of a flow's routines, by id. A sequential flow executes one activation at a time, so only its rates
 * are left.
 */
export function limitsOf({ limits, isSequential }: Rules): ReadonlyMap<string, RoutineLimit> {
  if (limits === undefined || isSequential !== true) return limits ?? new Map();
  const rates = [...limits].filter(([, { rate }]) => rate !== undefined);
  return new Map(rates.map(([id, limit]) => [id, { ...limit, concurrency: Infinity }]));
}

/** The clock of an engine without rates. */
export const NO_CLOCK: LimitClock = {
  parked() {},
  now: () => 0,
  wakeAt() {},
  sweepAt() {},
};
