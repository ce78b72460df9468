import { type PoolStats, WorkerPool } from "@millrace/flow/pool";
import { assertEquals } from "@std/assert";

/** The statistics of a pool whose workers have all ended. */
export const NO_WORKERS: PoolStats = { live: 0, ready: 0, busy: 0, lost: 0, queued: 0 };

/** Workers for all tests of a file, as starting them takes longer than the tests; none is left. */
export function sharedPool(maxWorkers = 2): WorkerPool {
  const pool = new WorkerPool({ maxWorkers, idleTimeout: Infinity });
  Deno.test.afterAll(async () => {
    await pool.close();
    assertEquals(pool.stats(), NO_WORKERS);
  });
  return pool;
}
