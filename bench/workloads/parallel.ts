import { Flow } from "@millrace/flow";
import { WorkerPool } from "@millrace/flow/pool";
import config from "../../deno.json" with { type: "json" };
import type { Workload } from "../harness/workload.ts";
import { hash as hashed } from "../tasks/tasks.ts";
import { hash } from "../tasks/routines.ts";

const ACTIVATIONS = 8, ACTIVATION_MS = 60;

type Pair = [() => Promise<number>, () => Promise<number>];

/** Runs work for the CPU, on one worker and on two. */
export const parallel: Workload = {
  name: "parallel",
  title: "Two workers against one",
  about:
    "Eight activations of a fixed hashing loop, on one worker and on two: how many times as fast two are. It takes two free cores.",
  figures: [
    { key: "one", title: "one worker", unit: "ms" },
    { key: "two", title: "two workers", unit: "ms" },
    { key: "ratio", title: "one against two", unit: "×" },
  ],
  cases: ["Millrace"],
  async open(_name, { quick, loopsPerMs }) {
    const loops = Math.round(ACTIVATION_MS * loopsPerMs / (quick ? 4 : 1));
    const expected = hashed(loops);
    const pools = [1, 2].map((maxWorkers) => new WorkerPool({ maxWorkers, idleTimeout: Infinity }));
    const [one, two] = pools.map((pool) => () => runOn(pool, loops, expected)) as Pair;
    await one();
    await two();
    return {
      version: config.version,
      async measure() {
        const times = { one: await one(), two: await two() };
        return { ...times, ratio: times.one / times.two };
      },
      async close() {
        for (const pool of pools) await pool.close();
      },
    };
  },
};

/** Returns the time for all activations, each in a job of its own, in milliseconds. */
async function runOn(pool: WorkerPool, loops: number, expected: number): Promise<number> {
  await using flow = new Flow({ id: "hashing", pool }).add("hash", hash);
  const startedAt = performance.now();
  const jobs = Array.from({ length: ACTIVATIONS }, () => flow.start("hash.loops", loops));
  await Promise.all(jobs.map((job) => job.waitForCompletion()));
  const taken = performance.now() - startedAt;
  for (const { sharedData } of jobs) {
    if (sharedData.hash !== expected) throw new Error(`a hash is ${sharedData.hash}`);
  }
  return taken;
}
