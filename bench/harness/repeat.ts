import { medianOf } from "./stats.ts";

/** Repeats an action for about a given time, and at least a given number of times. */
async function repeated(ms: number, times: number, act: () => Promise<unknown>): Promise<number[]> {
  const taken: number[] = [];
  const until = performance.now() + ms;
  while (taken.length < times || performance.now() < until) {
    const startedAt = performance.now();
    const check = await act();
    taken.push(performance.now() - startedAt);
    // Checking the results takes time that does not count for the contender.
    if (typeof check === "function") check();
  }
  return taken;
}

/**
 * Measures the time of an action: the median of as many repetitions as fit into a fifth of a
 * second, so that a single outlier does not matter.
 *
 * @param act The action. If it returns a function, that is called after the clock was stopped.
 * @returns The time, in milliseconds.
 */
export async function timeOf(act: () => Promise<unknown>, ms = 200): Promise<number> {
  return medianOf(await repeated(ms, 1, act));
}

/**
 * Repeats an action until it no longer gets faster, as workers have started and code is optimized.
 */
export async function warmUp(act: () => Promise<unknown>, quick: boolean): Promise<void> {
  await repeated(quick ? 200 : 1_500, 2, act);
}
