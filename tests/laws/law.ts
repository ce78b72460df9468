import { WorkerPool, type WorkerPoolOptions } from "@millrace/flow/pool";
import { plans } from "./plan.ts";

/** The number of activations that execute at once where a worker executes several. */
const CONCURRENCY = 12;

/** Where a worker that dies takes others with it, most of the time is spent on new workers. */
const FEW = { maxJobs: 6, maxBudget: 12 };

/**
 * Registers the test of a law twice: for workers that execute one activation at a time, and for those that
 * execute several.
 *
 * @param check Given the pool, and the generator of flows for it.
 */
export function law(
  name: string,
  options: WorkerPoolOptions,
  check: (pool: WorkerPool, generate: typeof plans) => Promise<void>,
): void {
  Deno.test(name, async () => {
    await using pool = new WorkerPool(options);
    await check(pool, plans);
  });
  Deno.test(`${name} at concurrency ${CONCURRENCY}`, async () => {
    await using pool = new WorkerPool({ ...options, concurrency: CONCURRENCY });
    await check(pool, (options) => plans({ ...options, ...options?.dying && FEW, crowded: true }));
  });
}
