import { Flow, type JobState } from "@millrace/flow";
import { type PoolStats, WorkerPool, type WorkerPoolOptions } from "@millrace/flow/pool";
import { assertEquals, equal } from "@std/assert";
import { delay } from "@std/async/delay";
import { healthy } from "./routines.ts";
import { GRACE, LOAD_TIMEOUT } from "./rows.ts";

/** A wait that takes longer than this is a failure, so that no test hangs. */
export const BOUND = { timeout: 20_000 };

export const NO_WORKERS: PoolStats = { live: 0, ready: 0, busy: 0, lost: 0, queued: 0 };

/** Two workers that lose patience soon. */
export function newPool(options: WorkerPoolOptions = {}): WorkerPool {
  const patience = { grace: GRACE, loadTimeout: LOAD_TIMEOUT };
  return new WorkerPool({ maxWorkers: 2, idleTimeout: Infinity, ...patience, ...options });
}

/** Workers for all tests of a file; none is left. */
export function sharedPool(options?: WorkerPoolOptions): WorkerPool {
  const pool = newPool(options);
  Deno.test.afterAll(async () => {
    await pool.close();
    await hasStats(pool, NO_WORKERS);
  });
  return pool;
}

/**
 * Checks that a pool has all workers that it may have, and no thread is left of any other. A worker may be
 * retired after it was preloaded, as soon as a module of an earlier job has failed to load in it.
 */
export async function isWhole(pool: WorkerPool): Promise<void> {
  await using flow = new Flow({ pool }).add("healthy", healthy);
  const { maxWorkers } = pool;
  const whole = { ...NO_WORKERS, live: maxWorkers, ready: maxWorkers };
  const givenUp = performance.now() + BOUND.timeout;
  do {
    await flow.preload();
    await delay(5);
  } while (!equal(pool.stats(), whole) && performance.now() < givenUp);
  assertEquals(pool.stats(), whole);
}

/** Waits until a pool reports the given numbers: the end of a thread shows at no certain time. */
export async function hasStats(pool: WorkerPool, stats: PoolStats): Promise<void> {
  await eventually(() => equal(pool.stats(), stats));
  assertEquals(pool.stats(), stats);
}

/** Waits for a condition that no promise reports. */
export async function eventually(is: () => boolean): Promise<void> {
  const givenUp = performance.now() + BOUND.timeout;
  while (!is() && performance.now() < givenUp) await delay(5);
}

/** Returns the result of a healthy job: its number doubled. */
export function resultOf({ status, sharedData }: JobState): unknown {
  return status === "completed" ? sharedData.result : status;
}
