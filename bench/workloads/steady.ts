import { POOL_NAMES } from "../contenders/registry.ts";
import { warmUp } from "../harness/repeat.ts";
import type { Workload } from "../harness/workload.ts";
import { poolProbe } from "./pool_probe.ts";

const IN_FLIGHT = 64;

/**
 * Runs tiny tasks of several callers, each of which runs its next task when the last one has ended.
 */
export const steady: Workload = {
  name: "steady",
  title: "64 callers with no-ops",
  about:
    "64 callers, each of which asks for a no-op when its last one has ended: a steady number of tasks in flight, as under a service. Neither a burst, which comes in batches by itself, nor one at a time.",
  figures: [{ key: "rate", title: "no-ops", unit: "tasks/s" }],
  cases: POOL_NAMES,
  async open(name, settings) {
    return await poolProbe(name, settings, "tiny", async (session) => {
      const total = settings.quick ? 2_000 : 20_000;
      const run = async () => {
        let asked = 0;
        const caller = async () => {
          while (asked < total) await session.run("noop", asked++);
        };
        const startedAt = performance.now();
        await Promise.all(Array.from({ length: IN_FLIGHT }, caller));
        return performance.now() - startedAt;
      };
      await warmUp(run, settings.quick);
      return async () => ({ rate: total / (await run()) * 1_000 });
    });
  },
};
