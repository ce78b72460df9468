import { medianOf } from "./stats.ts";

/** Does something again and again for about so long, at least so often. */
async function repeated(ms: number, times: number, act: () => Promise<unknown>): Promise<number[]> {
  const taken: number[] = [];
  const until = performance.now() + ms;
  while (taken.length < times || performance.now() < until) {
    const startedAt = performance.now();
    const check = await act();
    taken.push(performance.now() - startedAt);
    // What tells whether all went well takes time that is not the contender's.
    if (typeof check === "function") check();
  }
  return taken;
}

/**
 * How long something takes: the median of as many repetitions as fit into a fifth of a second, so that
 * what takes a few milliseconds is not at the mercy of one of them.
 *
 * @param act What to do; if it gives a function, that is called when the clock has stopped.
 * @returns Milliseconds.
 */
export async function timeOf(act: () => Promise<unknown>, ms = 200): Promise<number> {
  return medianOf(await repeated(ms, 1, act));
}

/** Does something until it no longer gets faster: workers are there, and the compiler has done its part. */
export async function warmUp(act: () => Promise<unknown>, quick: boolean): Promise<void> {
  await repeated(quick ? 200 : 1_500, 2, act);
}
