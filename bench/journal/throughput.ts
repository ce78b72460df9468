import { WorkerPool } from "@millrace/flow/pool";
import { SqliteStore } from "@millrace/flow/sqlite";
import { MemoryStore, type Store } from "@millrace/flow/store";
import { medianOf, type Spread, spreadOf } from "../harness/stats.ts";
import { fiveStages, STAGES } from "./flows.ts";
import { timeRawInserts } from "./raw_inserts.ts";

/** The stores of measured flows. */
export const STORES = ["memory", "normal", "full"] as const;

/** The name of such a store. */
export type StoreName = typeof STORES[number];

/** The activations per second of the five-stage flow, and their ratio to those in memory. */
export interface Throughput {
  readonly store: StoreName;
  readonly rate: Spread;
  readonly ratio: number;
  /** Their ratio to the activations per second if nothing but the raw inserts of their events took time. */
  readonly rawRatio: number;
}

/**
 * Measures the stores in turns: the speed of the machine varies, so ratios within one turn are more
 * accurate than the figures.
 *
 * @param folder The folder for the files.
 * @param jobs The number of concurrent jobs in each run.
 * @param rounds The number of turns.
 */
export async function measureThroughput(
  folder: string,
  jobs: number,
  rounds: number,
): Promise<Throughput[]> {
  const pool = new WorkerPool({ maxWorkers: 2, idleTimeout: Infinity });
  const rates: Record<StoreName, number[]> = { memory: [], normal: [], full: [] };
  const raw: number[] = [];
  for (let round = -1; round < rounds; round++) {
    for (const name of STORES) {
      const path = `${folder}/${name}_${round}.db`;
      const rate = await measure(open(name, path), jobs, pool);
      if (round >= 0) rates[name].push(rate);
      if (round >= 0 && name === "normal") {
        raw.push(jobs * STAGES / timeRawInserts(path, `${folder}/raw_${round}.db`));
      }
    }
  }
  await pool.close();
  return STORES.map((store) => ({
    store,
    rate: spreadOf(rates[store]),
    ratio: medianOf(rates[store].map((rate, i) => rate / (rates.memory[i] ?? NaN))),
    rawRatio: medianOf(rates[store].map((rate, i) => rate / (raw[i] ?? NaN))),
  }));
}

function open(name: StoreName, path: string): Store {
  return name === "memory" ? new MemoryStore() : new SqliteStore(path, { synchronous: name });
}

async function measure(store: Store, jobs: number, pool: WorkerPool): Promise<number> {
  await using _closed = { [Symbol.asyncDispose]: async () => await store.close() };
  await using flow = fiveStages(store, pool);
  const startedAt = performance.now();
  const started = Array.from({ length: jobs }, (_, i) => flow.start("first.input", i));
  await Promise.all(started.map((job) => job.waitForCompletion()));
  const seconds = (performance.now() - startedAt) / 1_000;
  started.forEach((job, i) => {
    if (job.sharedData.value !== i + STAGES) throw new Error(`job ${i} ended with a wrong value`);
  });
  return jobs * STAGES / seconds;
}
