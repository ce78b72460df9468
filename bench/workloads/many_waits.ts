import { CONCURRENT_NAMES } from "../contenders/registry.ts";
import { warmUp } from "../harness/repeat.ts";
import { medianOf } from "../harness/stats.ts";
import { takeTurns } from "../harness/turns.ts";
import type { Workload } from "../harness/workload.ts";
import { WAIT_MS } from "../tasks/tasks.ts";
import { poolProbe } from "./pool_probe.ts";
import { waitAll } from "./waiting.ts";

const CONCURRENCY = 10_000, FEW = 1_000, MANY = 10_000;

/** Runs increasing numbers of waiting tasks, all at once. */
export const manyWaits: Workload = {
  name: "many-waits",
  title: "Waits of 50 ms, all at once",
  about:
    "1 thousand and 10 thousand tasks that wait 50 ms, all of which may execute at once: the time until the last has ended. And what each of them took beyond the 50 ms, of 10 thousand against 1 thousand, the two taking turns: 1 if the cost is linear.",
  figures: [
    { key: "few", title: "1 thousand", unit: "ms" },
    { key: "many", title: "10 thousand", unit: "ms" },
    { key: "ratio", title: "beyond the wait, per wait", unit: "×" },
  ],
  cases: CONCURRENT_NAMES,
  open: (name, settings) =>
    poolProbe(name, settings, { concurrency: CONCURRENCY }, async (session) => {
      const times = { few: [] as number[], many: [] as number[] };
      const run = (key: keyof typeof times, count: number) => async () => {
        const taken = await waitAll(session, count, CONCURRENCY);
        const oneByOne = count * WAIT_MS / settings.maxWorkers;
        // Without concurrency, the time would be linear as well.
        if (taken > oneByOne / 10) throw new Error(`${count} waits did not execute at once`);
        times[key].push(taken);
        return (taken - WAIT_MS) / count;
      };
      const scale = settings.quick ? 0.1 : 1;
      const few = run("few", FEW * scale), many = run("many", MANY * scale);
      await warmUp(few, settings.quick);
      await warmUp(many, settings.quick);
      return async () => {
        times.few = [];
        times.many = [];
        const ratio = await takeTurns(settings.quick ? 500 : 2_000, many, few);
        return { few: medianOf(times.few), many: medianOf(times.many), ratio };
      };
    }),
};
