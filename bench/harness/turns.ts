import { medianOf } from "./stats.ts";

/**
 * Holds one thing against another where the machine has moods: a wake-up takes 20 µs or 100 as the
 * threads happen to lie on the cores. The two take turns, many times, in one process.
 *
 * @param ms For about how long.
 * @param ours Does one, and tells how long it took.
 * @param theirs Does the other, and tells how long it took.
 * @returns The median of ours against theirs.
 */
export async function takeTurns(
  ms: number,
  ours: () => Promise<number>,
  theirs: () => Promise<number>,
): Promise<number> {
  const ratios: number[] = [];
  const until = performance.now() + ms;
  while (ratios.length === 0 || performance.now() < until) {
    // Neither is always the one that finds the other's garbage.
    const isFirst = ratios.length % 2 === 0;
    const early = isFirst ? await ours() : 0;
    const reference = await theirs();
    ratios.push((isFirst ? early : await ours()) / reference);
  }
  return medianOf(ratios);
}
