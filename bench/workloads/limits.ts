import { type AddOptions, Flow } from "@millrace/flow";
import { WorkerPool } from "@millrace/flow/pool";
import { MemoryStore } from "@millrace/flow/store";
import config from "../../deno.json" with { type: "json" };
import { takeTurns } from "../harness/turns.ts";
import type { Workload } from "../harness/workload.ts";
import { next } from "../tasks/routines.ts";

const KEYS = 100_000;

/** Runs a routine with limits of each key, and without limits. */
export const limits: Workload = {
  name: "limits",
  title: "Limits of a hundred thousand keys",
  about:
    "100 thousand jobs of one tiny activation, each with a key of its own, with limits of each key against none, the two taking turns.",
  figures: [
    { key: "concurrency", title: "at most 4 of each key at once", unit: "×" },
    { key: "rate", title: "at most 10 a second of each key", unit: "×" },
  ],
  cases: ["Millrace"],
  open(_, { maxWorkers, quick }) {
    const pool = new WorkerPool({ maxWorkers, idleTimeout: Infinity });
    const count = quick ? KEYS / 20 : KEYS;
    const limitBy = (payload: number) => `key ${payload}`;
    const run = async (options: AddOptions<object, typeof next.events, number> = {}) => {
      const store = new MemoryStore({ retention: { jobs: 1_000 } });
      await using flow = new Flow({ pool, store }).add("next", next, options);
      const startedAt = performance.now();
      const jobs = Array.from(
        { length: count },
        (_, i) => flow.start("next.input", i).waitForCompletion(),
      );
      await Promise.all(jobs);
      return performance.now() - startedAt;
    };
    const ms = quick ? 100 : 10_000;
    return Promise.resolve({
      version: config.version,
      measure: async () => ({
        concurrency: await takeTurns(ms, () => run({ limitBy, concurrency: 4 }), () => run()),
        rate: await takeTurns(
          ms,
          () => run({ limitBy, rate: { limit: 10, per: 1_000 } }),
          () => run(),
        ),
      }),
      close: () => pool.close(),
    });
  },
};
