// A failure that nobody awaits is charged to the activation that it belongs to, among ten others in the
// same worker, which are executed to their ends.

import { assertEquals, assertRejects } from "@std/assert";
import { UncaughtError } from "../../faces/errors.ts";
import { WorkerPool, type WorkerPoolOptions } from "../../faces/pool.ts";
import { arrive, ARRIVED, newLatches, reached, RELEASED } from "../routines/latches.ts";
import { crowdIn } from "./crowd.ts";
import { lateFailure, ways } from "./late_failures.ts";

function newPool(options: WorkerPoolOptions = {}): WorkerPool {
  return new WorkerPool({ maxWorkers: 1, concurrency: 24, ...options });
}

/** A pool that hands out the first error that belongs to no activation. */
function reportingPool() {
  const reported = Promise.withResolvers<UncaughtError>();
  const all: UncaughtError[] = [];
  const pool = newPool({
    onUncaught(error) {
      all.push(error);
      reported.resolve(error);
    },
  });
  return { pool, all, reported: reported.promise };
}

for (const way of ways) {
  Deno.test(`UncaughtError fails its own run alone (${way})`, async () => {
    const { pool, all } = reportingPool();
    await using _ = pool;
    const crowd = await crowdIn(pool);
    const error = await assertRejects(() => pool.run(lateFailure, "during", way), UncaughtError);
    assertEquals(String(error.cause), "Late: thrown late");
    await crowd.endsWell(1);
    assertEquals(all, []);
  });

  for (const slot of ["after", "afterAtOnce"] as const) {
    Deno.test(`WorkerPoolOptions.onUncaught reports a late failure (${slot}: ${way})`, async () => {
      const { pool, all, reported } = reportingPool();
      await using _ = pool;
      const latches = newLatches();
      const leave = () => pool.run(lateFailure, slot, { latches: newLatches(), way });
      // After its first call it is known whether the handler awaits anything.
      await leave();
      const crowd = await crowdIn(pool);
      const { emits } = await pool.run(lateFailure, slot, { latches, way });
      assertEquals(emits.map(({ payload }) => payload), ["left it"]);
      arrive(latches, RELEASED);
      assertEquals(String((await reported).cause), "Late: thrown late");
      await crowd.endsWell(1);
      assertEquals(all.length, 1);
    });
  }
}

Deno.test("WorkerPool re-executes activations alone after an unattributed failure", async () => {
  const { pool, all } = reportingPool();
  await using _ = pool;
  const crowd = await crowdIn(pool);
  const latches = newLatches();
  const failed = pool.run(lateFailure, "unknown", { latches }).catch((error) => error);
  await reached(latches, ARRIVED);
  // One of them is executed again as soon as the worker has ended.
  await reached(crowd.latches, ARRIVED, 11);
  await crowd.endsWell(2);
  assertEquals(String((await failed).cause), "Late: thrown late");
  assertEquals(all, []);
});
