import { assertEquals, assertNotEquals } from "@std/assert";
import { KINDS } from "./kinds.ts";
import { planOf } from "./plan.ts";
import { faultsOf } from "./round.ts";

// `deno task fuzz` goes on from here.
const SEEDS = [1, 2], TASKS = 90;

for (const seed of SEEDS) {
  Deno.test(`WorkerPool ends each task once (seed ${seed})`, async () => {
    assertEquals(await faultsOf(planOf(seed, TASKS)), []);
  });
}

Deno.test("WorkerPool ends each task once while workers are renewed", async () => {
  const quiet = Object.keys(KINDS).filter((name) => {
    const { kills, error } = KINDS[name] ?? {};
    return !kills && error === undefined && !name.startsWith("leaves");
  });
  const plan = planOf(1_000, 2 * TASKS, quiet);
  const pool = { maxWorkers: 3, concurrency: 9, maxActivations: 30, idleTimeout: 1 };
  assertEquals(await faultsOf({ ...plan, pool, closeAfter: undefined }), []);
});

Deno.test("WorkerPool enforces its limits under load", async () => {
  const waiting = ["waits", "progresses", "callable", "sometimesWaits"];
  const plan = planOf(3_000, 2 * TASKS, waiting);
  const tasks = plan.tasks.map((task, i) => ({
    ...task,
    at: 0,
    origin: i % 2 === 0 ? "first" as const : "second" as const,
  }));
  const pool = { ...plan.pool, maxWorkers: 2, concurrency: 3, maxActivations: 80 };
  const limits = [{ maxWorkers: 2, concurrency: 2 }, { maxWorkers: 1, concurrency: 2 }];
  assertEquals(await faultsOf({ ...plan, tasks, pool, limits, closeAfter: undefined }), []);
});

Deno.test("WorkerPool.close() ends each task during work", async () => {
  assertEquals(await faultsOf({ ...planOf(2_000, TASKS), closeAfter: 30 }), []);
});

Deno.test("planOf() returns the same plan for a seed", () => {
  assertEquals(planOf(7, 200), planOf(7, 200));
  assertNotEquals(planOf(7, 200), planOf(8, 200));
});
