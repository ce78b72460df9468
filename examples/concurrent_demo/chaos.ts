import type { RoutineContext } from "@millrace/flow/routine";

/** The rate at which a routine fails, as part of its config; by default, it never fails. */
export const NO_CHAOS = { chaos: 0, seed: 1 };

/** The error with which the demo's routines fail on purpose. */
export class ChaosError extends Error {
  override readonly name = "ChaosError";
}

type Doomed = Pick<
  RoutineContext<never, typeof NO_CHAOS>,
  "config" | "jobId" | "routineId" | "attempt"
>;

/**
 * Fails at the rate in the config. For one seed, the same attempt of the same job and routine
 * always has the same outcome, regardless of other jobs, and also after a restart.
 *
 * @throws {ChaosError} If this attempt is to fail.
 */
export function riskChaos({ config: { chaos, seed }, jobId, routineId, attempt }: Doomed): void {
  if (chance(`${seed} ${jobId} ${routineId} ${attempt}`) >= chaos) return;
  throw new ChaosError(`${routineId} was made to fail at attempt ${attempt}`);
}

/** Returns a number from 0 to below 1 that depends only on the text (FNV-1a, then mixed). */
export function chance(text: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return ((hash ^ (hash >>> 16)) >>> 0) / 2 ** 32;
}
