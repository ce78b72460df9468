// The values that tests and misbehaving handlers share. A loop that a test has not ended ends by itself,
// as no thread can be made to stop.

import { ARRIVED, countOf, type Latched, RELEASED } from "../routines/latches.ts";
import { standStill } from "../routines/stand_still.ts";

/** A loop goes on no longer than this, in milliseconds. */
export const SPINS = 10_000;

/** The misbehaviour of a handler. */
export interface Deed extends Latched {
  /** It does so on attempts up to this one, and then does well. */
  readonly attempts: number;
  /** It waits until it is asked to stop, and only then does it. */
  readonly whenStopped: boolean;
}

/** Holds the thread in a loop until the test lets it go. */
export function spin(latches: SharedArrayBuffer): void {
  const givenUp = performance.now() + SPINS;
  while (countOf(latches, RELEASED) === 0 && performance.now() < givenUp) standStill();
}

/** Blocks the thread until the test lets it go. */
export function block(latches: SharedArrayBuffer): void {
  Atomics.wait(new Int32Array(latches), RELEASED, 0, SPINS);
}

/** Counts the handlers that have come to their deed. */
export function deedsIn({ latches }: Latched): number {
  return countOf(latches, ARRIVED);
}
