import { CONCURRENT_NAMES, loadPool } from "../contenders/registry.ts";
import { MemoryWatch } from "../harness/memory_watch.ts";
import { warmUp } from "../harness/repeat.ts";
import { medianOf } from "../harness/stats.ts";
import type { Workload } from "../harness/workload.ts";
import { poolProbe } from "./pool_probe.ts";
import { waitAll } from "./waiting.ts";

const CONCURRENCY = 50, TIMES = 3;

/** Runs waiting tasks, several at once in a worker. */
export const waits: Workload = {
  name: "waits",
  title: "Waits of 50 ms, 50 at once",
  about:
    "400 tasks that wait 50 ms, asked for at once, of which 50 may execute at once: the time until the last has ended, which is 400 ms at least; and the most memory that the process had, above what it had before the pool was started. Only pools that have an option for how many tasks a worker executes at once.",
  figures: [
    { key: "time", title: "until the last", unit: "ms" },
    { key: "memory", title: "peak memory above idle", unit: "MB" },
  ],
  cases: CONCURRENT_NAMES,
  // Memory that a process has allocated in an earlier round would hide the memory of the next one.
  isFresh: true,
  async open(name, settings) {
    // Loaded beforehand, as Millrace is loaded already in other workloads, so modules do not count.
    await loadPool(name);
    const watch = new MemoryWatch();
    return await poolProbe(name, settings, { concurrency: CONCURRENCY }, async (session) => {
      const run = () => waitAll(session, settings.quick ? 100 : 400, CONCURRENCY);
      await warmUp(run, settings.quick);
      return async () => {
        const times: number[] = [];
        for (let i = 0; i < TIMES; i++) times.push(await run());
        return { time: medianOf(times), memory: watch.end().above / 1e6 };
      };
    });
  },
};
