import { type RunOptions, WorkerPool } from "@millrace/flow/pool";
import config from "../../deno.json" with { type: "json" };
import { warmUp } from "../harness/repeat.ts";
import { takeTurns } from "../harness/turns.ts";
import type { Workload } from "../harness/workload.ts";
import { scaled } from "../tasks/routines.ts";

const AT_ONCE = 2_000, AT_A_TIME = 50;

/** Runs a routine with changes to its config, and without. */
export const configured: Workload = {
  name: "config",
  title: "Runs with a config of their own",
  about:
    "`pool.run` with `config` against `pool.run` without, the two taking turns: 2 thousand tiny tasks at once, with equal configs and each with a different one; and one at a time.",
  figures: [
    { key: "equal", title: "at once, equal configs", unit: "×" },
    { key: "different", title: "at once, different ones", unit: "×" },
    { key: "single", title: "one at a time", unit: "×" },
  ],
  cases: ["Millrace"],
  async open(_, { maxWorkers, quick }) {
    const pool = new WorkerPool({ maxWorkers, idleTimeout: Infinity });
    const run = async (factor: number, options?: RunOptions<{ factor: number }>) => {
      const { emits } = await pool.run(scaled, "input", 1, options);
      if (emits[0]?.payload !== factor) throw new Error("the config is not that of the run");
    };
    const plain = () => run(2);
    const equal = () => run(3, { config: { factor: 3 } });
    const different = (i: number) => run(i, { config: { factor: i } });
    const atOnce = async (one: (i: number) => Promise<void>) => {
      const startedAt = performance.now();
      await Promise.all(Array.from({ length: AT_ONCE }, (_, i) => one(i)));
      return performance.now() - startedAt;
    };
    const single = async (one: () => Promise<void>) => {
      const startedAt = performance.now();
      for (let i = 0; i < AT_A_TIME; i++) await one();
      return performance.now() - startedAt;
    };
    for (const one of [plain, equal, different]) await warmUp(() => atOnce(one), quick);
    const ms = quick ? 100 : 400;
    return {
      version: config.version,
      measure: async () => ({
        equal: await takeTurns(ms, () => atOnce(equal), () => atOnce(plain)),
        different: await takeTurns(ms, () => atOnce(different), () => atOnce(plain)),
        single: await takeTurns(ms, () => single(equal), () => single(plain)),
      }),
      close: () => pool.close(),
    };
  },
};
