import type { Session } from "../contenders/contender.ts";
import { POOL_NAMES } from "../contenders/registry.ts";
import type { Settings, Workload } from "../harness/workload.ts";
import { spinAll, warmUpSpin } from "./busy.ts";
import { poolProbe } from "./pool_probe.ts";

const SHORTEST = 0.05, LONGEST = 100;

/** Runs tasks of very different lengths, to show whether long tasks delay short ones. */
export const mix: Workload = {
  name: "mix",
  title: "Tasks of 0.05 to 100 ms, mixed",
  about:
    "200 tasks of 0.05 to 100 ms of CPU in a fixed random order, asked for at once: the time until the last has ended, and the same against workers that are never idle. Then one task of 100 ms with 200 of 0.05 ms behind it: the time until the short ones have ended, which take one worker 10 ms.",
  figures: [
    { key: "wall", title: "makespan", unit: "ms" },
    { key: "ratio", title: "against busy / workers", unit: "×" },
    { key: "behind", title: "short ones behind a long one", unit: "ms" },
  ],
  cases: POOL_NAMES,
  open: (name, settings) =>
    poolProbe(name, settings, "busy", async (session) => {
      const durations = mixed(settings.quick ? 40 : 200);
      await warmUpSpin(session, settings);
      return async () => {
        const { wall, ratio } = await spinAll(session, durations, settings);
        return { wall, ratio, behind: await shortOnesBehindALongOne(session, settings) };
      };
    }),
};

/**
 * Returns a number of lengths, distributed evenly on a logarithmic scale, in a pseudo-random order.
 */
export function mixed(count: number): number[] {
  const durations = Array.from(
    { length: count },
    (_, i) => SHORTEST * (LONGEST / SHORTEST) ** (i / (count - 1)),
  );
  // A linear congruential generator, from Numerical Recipes, so that every run has the same order.
  let seed = 1;
  for (let i = count - 1; i > 0; i--) {
    seed = (Math.imul(seed, 1664525) + 1013904223) >>> 0;
    const j = Math.floor(seed / 2 ** 32 * (i + 1));
    [durations[i], durations[j]] = [durations[j] as number, durations[i] as number];
  }
  return durations;
}

async function shortOnesBehindALongOne(session: Session, settings: Settings): Promise<number> {
  const startedAt = performance.now();
  const long = spinAll(session, [LONGEST], settings);
  await spinAll(session, Array(200).fill(SHORTEST), settings);
  const behind = performance.now() - startedAt;
  await long;
  return behind;
}
