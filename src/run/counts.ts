// The numbers of activations in each state, as a list that is changed in place: each JobEvent changes two of them, that
// of its job and that of its routine.

import type { ActivationCounts } from "./run_snapshot.ts";

/** The numbers of activations, by the index of their state in `STATES`. */
export type Counts = number[];

/** The states of activations, in the order of `Counts`. */
const STATES = [
  "queued",
  "held",
  "executing",
  "waiting",
  "completed",
  "failed",
  "skipped",
  "cancelled",
  "retried",
] as const satisfies readonly (keyof ActivationCounts)[];

/** The index of each state. */
export const STATE = Object.fromEntries(STATES.map((name, index) => [name, index])) as Readonly<
  Record<keyof ActivationCounts, number>
>;

/** The index after the states, at which a job counts its queued activations by routine. */
export const FIRST_OF_ROUTINES = STATES.length;

/** Counts of nothing, by the number of routines. */
const EMPTY: Counts[] = [];

/**
 * Returns counts of nothing.
 *
 * @param routines The number of places for routines.
 */
export function noCounts(routines = 0): Counts {
  const length = FIRST_OF_ROUTINES + routines;
  // Copying a list takes a fraction of the time that filling a new one takes.
  const empty = EMPTY[routines] ??= new Array<number>(length).fill(0);
  return empty.slice();
}

/** Adds to the number of a state. */
export function count(counts: Counts, state: number, by: number): void {
  counts[state] = (counts[state] ?? 0) + by;
}

/** Returns the numbers by name. */
export function namedCounts(counts: Counts): ActivationCounts {
  const named: Record<string, number> = {};
  for (const [index, name] of STATES.entries()) named[name] = counts[index] ?? 0;
  return named as Record<keyof ActivationCounts, number>;
}

/** Checks whether activations or waits are open, so that more activations may follow from them. */
export function hasOpen(counts: Counts): boolean {
  return OPEN.some((state) => counts[state] !== 0);
}

const OPEN = [STATE.queued, STATE.held, STATE.executing, STATE.waiting];
