import { medianOf } from "./stats.ts";

/**
 * Compares two actions on a machine whose speed varies: a wake-up takes 20 µs or 100 µs, depending
 * on the placement of the threads on the cores. The two take turns, many times, in one process.
 *
 * @param ms The approximate total time, in milliseconds.
 * @param ours Executes the first action, and returns the time that it took.
 * @param theirs Executes the second action, and returns the time that it took.
 * @returns The median of the ratios of ours to theirs.
 */
export async function takeTurns(
  ms: number,
  ours: () => Promise<number>,
  theirs: () => Promise<number>,
): Promise<number> {
  const ratios: number[] = [];
  const until = performance.now() + ms;
  while (ratios.length === 0 || performance.now() < until) {
    // The order alternates, so that neither always has to collect the other's garbage.
    const isFirst = ratios.length % 2 === 0;
    const early = isFirst ? await ours() : 0;
    const reference = await theirs();
    ratios.push((isFirst ? early : await ours()) / reference);
  }
  return medianOf(ratios);
}
