import type { RoutineContext } from "@millrace/flow/routine";

/** How often a routine fails, as part of its config; never by default. */
export const NO_CHAOS = { chaos: 0, seed: 1 };

/** What the demo's routines fail with when they are made to. */
export class ChaosError extends Error {
  override readonly name = "ChaosError";
}

type Doomed = Pick<
  RoutineContext<never, typeof NO_CHAOS>,
  "config" | "jobId" | "routineId" | "attempt"
>;

/**
 * Fails at the rate that the config says. The same job, routine and attempt always fare alike under
 * one seed, whoever else is running, and also after a restart.
 *
 * @throws {ChaosError} If it is this one's turn.
 */
export function riskChaos({ config: { chaos, seed }, jobId, routineId, attempt }: Doomed): void {
  if (chance(`${seed} ${jobId} ${routineId} ${attempt}`) >= chaos) return;
  throw new ChaosError(`${routineId} was made to fail at attempt ${attempt}`);
}

/** A number from 0 to below 1 that is the same for the same text (FNV-1a, then mixed). */
export function chance(text: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return ((hash ^ (hash >>> 16)) >>> 0) / 2 ** 32;
}
