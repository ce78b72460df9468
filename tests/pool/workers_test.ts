import { Flow } from "@millrace/flow";
import { WorkerPool } from "@millrace/flow/pool";
import { assertEquals } from "@std/assert";
import { NO_WORKERS } from "../flow/shared_pool.ts";
import { collector, idler } from "../routines/basics.ts";
import { gate } from "../routines/gates.ts";
import {
  arrive,
  ARRIVED,
  countOf,
  newLatches,
  PEAK,
  reached,
  RELEASED,
} from "../routines/latches.ts";
import { whoami } from "../routines/workers.ts";
import { until } from "./until.ts";

/** The worker that executes a run. */
async function workerOf(pool: WorkerPool): Promise<string | undefined> {
  return (await pool.run(whoami, "ask")).emits[0]?.payload;
}

Deno.test("WorkerPool starts no worker without work", async () => {
  await using pool = new WorkerPool({ maxWorkers: 2 });
  await using _flow = new Flow({ pool }).add("sink", collector);
  assertEquals(pool.stats(), NO_WORKERS);
  await pool.run(idler, "go");
  assertEquals(pool.stats(), { live: 1, ready: 1, busy: 0, lost: 0, queued: 0 });
});

Deno.test("WorkerPoolOptions.maxWorkers bounds the started workers", async () => {
  await using pool = new WorkerPool({ maxWorkers: 2 });
  const latches = newLatches();
  const runs = [pool.run(gate, "hold", { latches })];
  await reached(latches, ARRIVED, 1);
  assertEquals(pool.stats(), { live: 1, ready: 0, busy: 1, lost: 0, queued: 0 });
  runs.push(pool.run(gate, "hold", { latches }));
  await reached(latches, ARRIVED, 2);
  assertEquals(pool.stats(), { live: 2, ready: 0, busy: 2, lost: 0, queued: 0 });
  runs.push(pool.run(gate, "hold", { latches }), pool.run(gate, "hold", { latches }));
  for (let turn = 3; turn <= runs.length; turn++) {
    arrive(latches, RELEASED);
    await reached(latches, ARRIVED, turn);
    assertEquals(pool.stats().live, 2);
  }
  arrive(latches, RELEASED, 2);
  await Promise.all(runs);
  assertEquals(countOf(latches, PEAK), 2);
  assertEquals(pool.stats(), { live: 2, ready: 2, busy: 0, lost: 0, queued: 0 });
});

Deno.test("WorkerPool reuses its workers", async () => {
  await using pool = new WorkerPool({ maxWorkers: 2 });
  const workers = [await workerOf(pool), await workerOf(pool), await workerOf(pool)];
  assertEquals(workers, ["w1", "w1", "w1"]);
});

Deno.test("WorkerPool prefers a ready worker to a new one", async () => {
  await using pool = new WorkerPool({ maxWorkers: 4 });
  await using flow = new Flow({ pool }).add("sink", collector).add("whoami", whoami);
  for (let i = 0; i < 5; i++) await flow.execute("sink.item", i);
  await workerOf(pool);
  assertEquals(pool.stats(), { live: 1, ready: 1, busy: 0, lost: 0, queued: 0 });
});

Deno.test("WorkerPool uses a ready worker while another starts", async () => {
  await using pool = new WorkerPool({ maxWorkers: 2 });
  assertEquals(await workerOf(pool), "w1");
  const latches = newLatches();
  const first = pool.run(whoami, "askOnce", { latches });
  const second = pool.run(gate, "hold", { latches });
  await reached(latches, ARRIVED, 2); // at once, so the second had a worker started for it
  arrive(latches, RELEASED, 2);
  assertEquals((await first).emits[0]?.payload, "w1");
  await second;
  assertEquals(pool.stats().live, 2);
});

Deno.test("WorkerPool prefers the most recently used worker", async () => {
  await using pool = new WorkerPool({ maxWorkers: 2 });
  await using flow = new Flow({ pool }).add("gate", gate);
  await flow.preload();
  const [mine, yours] = [newLatches(), newLatches()];
  const first = pool.run(whoami, "askOnce", { latches: mine });
  const second = pool.run(whoami, "askOnce", { latches: yours });
  await Promise.all([reached(mine, ARRIVED), reached(yours, ARRIVED)]);
  arrive(mine, RELEASED);
  await first;
  arrive(yours, RELEASED);
  const last = (await second).emits[0]?.payload;
  assertEquals(await workerOf(pool), last);
});

Deno.test("WorkerPoolOptions.idleTimeout ends an idle worker", async () => {
  await using pool = new WorkerPool({ maxWorkers: 2, idleTimeout: 0 });
  const first = await workerOf(pool);
  await until(() => pool.stats().live === 0 && pool.stats().lost === 0);
  assertEquals(pool.stats(), NO_WORKERS);
  assertEquals([first, await workerOf(pool)], ["w1", "w2"]);
});

Deno.test("WorkerPoolOptions.idleTimeout spares a busy worker", async () => {
  await using pool = new WorkerPool({ maxWorkers: 2, idleTimeout: 0 });
  const latches = newLatches();
  const holding = pool.run(gate, "hold", { latches });
  await reached(latches, ARRIVED);
  await pool.run(idler, "go");
  await until(() => pool.stats().live === 1);
  assertEquals(pool.stats().busy, 1);
  arrive(latches, RELEASED);
  assertEquals((await holding).emits.length, 1);
});

Deno.test("Flow.preload() starts only the workers of the flow", async () => {
  await using pool = new WorkerPool({ maxWorkers: 3 });
  await using flow = new Flow({ pool, maxWorkers: 2 }).add("sink", collector);
  await flow.preload();
  assertEquals(pool.stats(), { live: 2, ready: 2, busy: 0, lost: 0, queued: 0 });
  await using sequential = new Flow({ pool, executionStrategy: "sequential" })
    .add("sink", collector);
  await sequential.preload();
  assertEquals(pool.stats().live, 2);
});

Deno.test("WorkerPoolOptions.maxWorkers defaults to navigator.hardwareConcurrency", () => {
  assertEquals(new WorkerPool().maxWorkers, navigator.hardwareConcurrency);
});
