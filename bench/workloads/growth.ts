import { Flow } from "@millrace/flow";
import { WorkerPool } from "@millrace/flow/pool";
import { ENTRY, fiveStages } from "../contenders/five_stages.ts";
import { MemoryWatch } from "../harness/memory_watch.ts";
import type { Workload } from "../harness/workload.ts";
import { sink, source } from "../tasks/routines.ts";

const SIZES = { "10 thousand": 10_000, "100 thousand": 100_000, "1 million": 1_000_000 };
const SHAPES = { "one job": oneJob, "many jobs": manyJobs };
const STAGES = 5, JOBS_AT_ONCE = 1_000;

/** Returns the name of a case of {@linkcode growth}. */
export function growthCase(shape: keyof typeof SHAPES, size: keyof typeof SIZES): string {
  return `${shape}, ${size}`;
}

/** Runs increasing numbers of activations in one flow. */
export const growth: Workload = {
  name: "growth",
  title: "Growth",
  about:
    "10 thousand, 100 thousand and 1 million activations of one flow: as one job whose source emits all of them, and as jobs of five stages, a thousand at once. Time per activation, the most memory that the process had, and what it still holds per activation at the end.",
  figures: [
    { key: "time", title: "time per activation", unit: "µs" },
    { key: "peak", title: "peak memory", unit: "MB" },
    { key: "held", title: "held per activation", unit: "bytes" },
  ],
  cases: (Object.keys(SHAPES) as (keyof typeof SHAPES)[]).flatMap((shape) =>
    (Object.keys(SIZES) as (keyof typeof SIZES)[]).map((size) => growthCase(shape, size))
  ),
  isFresh: true,
  maxRounds: 3,
  timeLimit: 240_000,
  async open(name, { maxWorkers, quick }) {
    const [shape = "", size = ""] = name.split(", ");
    const run = SHAPES[shape as keyof typeof SHAPES];
    const count = SIZES[size as keyof typeof SIZES] / (quick ? 20 : 1);
    const pool = new WorkerPool({ maxWorkers, idleTimeout: Infinity });
    for (let i = 0; i < 5; i++) await (await run(pool, quick ? 1_000 : 5_000)).close();
    return {
      async measure() {
        const watch = new MemoryWatch();
        const startedAt = performance.now();
        const flow = await run(pool, count);
        const wall = performance.now() - startedAt;
        const { peak, held } = watch.end();
        // Closed only now, so that the memory in use is that of an open flow.
        await flow.close();
        return { time: wall / count * 1_000, peak: peak / 1e6, held: held / count };
      },
      close: () => pool.close(),
    };
  },
};

/** Runs one job: a source, and the receivers of all that it emits. */
async function oneJob(pool: WorkerPool, count: number): Promise<AsyncCloseable> {
  const flow = new Flow({ id: "one job", pool })
    .add("source", source)
    .add("sink", sink)
    .connect("source.item", "sink.item");
  const { counts, status } = await flow.execute("source.count", count - 1);
  if (status !== "completed" || counts.completed !== count) {
    throw new Error(`${counts.completed} of ${count} activations completed`);
  }
  return flow;
}

/** Runs jobs of five stages, a limited number at once. */
async function manyJobs(pool: WorkerPool, count: number): Promise<AsyncCloseable> {
  const flow = fiveStages(pool);
  let completed = 0;
  for (let left = count / STAGES; left > 0; left -= JOBS_AT_ONCE) {
    const jobs = Array.from(
      { length: Math.min(left, JOBS_AT_ONCE) },
      (_, i) => flow.start(ENTRY, i).waitForCompletion(),
    );
    for (const { counts } of await Promise.all(jobs)) completed += counts.completed;
  }
  if (completed !== count) throw new Error(`${completed} of ${count} activations completed`);
  return flow;
}

interface AsyncCloseable {
  close(): Promise<void>;
}
