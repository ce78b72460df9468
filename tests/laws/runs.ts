import type fc from "fast-check";

/** `LAWS_RUNS=10` runs ten times as many generated flows. */
const FACTOR = Number(Deno.env.get("LAWS_RUNS")) || 1;

/** `LAWS_SEED=…` generates the same flows again: fast-check prints the seed when a property fails. */
const SEED = Number(Deno.env.get("LAWS_SEED")) || undefined;

/** Returns the runs of a property over the pure engine. */
export function engineRuns(count: number): fc.Parameters<unknown> {
  const numRuns = Math.max(1, Math.round(count * FACTOR));
  return { numRuns, ...SEED !== undefined && { seed: SEED } };
}

/** Returns the runs of a property over real workers: to shrink a counterexample would take minutes. */
export function workerRuns(count: number): fc.Parameters<unknown> {
  return { ...engineRuns(count), endOnFailure: true };
}
