import type { LiveActivation } from "../../src/engine/job.ts";

/** Returns a queued activation of a routine. */
export function queuedLive(activationId: string, routineId: string): LiveActivation {
  return {
    activation: { activationId, routineId, slot: "in", payload: undefined },
    queuedAt: 0,
    state: "queued",
    dueAt: 0,
    attempt: 0,
    retries: 0,
    crashes: 0,
    flushes: 0,
    workerId: undefined,
  };
}
