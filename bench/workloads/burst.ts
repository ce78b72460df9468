import { POOL_NAMES } from "../contenders/registry.ts";
import { timeOf, warmUp } from "../harness/repeat.ts";
import type { Workload } from "../harness/workload.ts";
import { Counters } from "../tasks/counters.ts";
import { poolProbe } from "./pool_probe.ts";

/** Runs many tiny tasks, all at once. */
export const burst: Workload = {
  name: "burst",
  title: "Burst of no-ops",
  about: "20 thousand no-ops asked for at once, a promise for each; and as many with a result.",
  figures: [
    { key: "noop", title: "no-ops", unit: "tasks/s" },
    { key: "result", title: "with a result", unit: "tasks/s" },
  ],
  cases: POOL_NAMES,
  open: (name, settings) =>
    poolProbe(name, settings, "tiny", async (session) => {
      const count = settings.quick ? 4_000 : 20_000;
      const counters = new Counters(settings.maxWorkers);
      await counters.attach(session);

      const noops = async () => {
        const running: Promise<void>[] = [];
        for (let i = 0; i < count; i++) running.push(session.run("noop", i));
        await Promise.all(running);
        return () => counters.check(count);
      };
      const results = async () => {
        const running: Promise<number>[] = [];
        for (let i = 0; i < count; i++) running.push(session.run("next", i));
        const sum = (await Promise.all(running)).reduce((sum, n) => sum + n, 0);
        if (sum !== count * (count + 1) / 2) throw new Error(`the results add up to ${sum}`);
      };

      await warmUp(noops, settings.quick);
      await warmUp(results, settings.quick);
      return async () => ({
        noop: count / await timeOf(noops) * 1_000,
        result: count / await timeOf(results) * 1_000,
      });
    }),
};
