import { Flow } from "@millrace/flow";
import { ActivationTimeoutError } from "@millrace/flow/errors";
import { WorkerPool } from "@millrace/flow/pool";
import { assertEquals, assertInstanceOf, assertRejects } from "@std/assert";
import { NO_WORKERS } from "../flow/shared_pool.ts";
import { collector, idler } from "../routines/basics.ts";
import { gate } from "../routines/gates.ts";
import { arrive, ARRIVED, newLatches, reached, RELEASED } from "../routines/latches.ts";
import { until } from "./until.ts";

Deno.test("RunOptions.timeout rejects a run that loops forever", async () => {
  await using pool = new WorkerPool({ maxWorkers: 1, grace: 0 });
  const latches = newLatches();
  await pool.run(idler, "go");
  try {
    await assertRejects(
      () => pool.run(gate, "spin", { latches }, { timeout: 50 }),
      ActivationTimeoutError,
    );
    await pool.run(idler, "go");
  } finally {
    arrive(latches, RELEASED);
  }
});

Deno.test("WorkerPool.stats() counts an endless thread as lost", async () => {
  const pool = new WorkerPool({ maxWorkers: 2, grace: 0 });
  const latches = newLatches();
  const controller = new AbortController();
  const spinning = pool.run(gate, "spin", { latches }, { signal: controller.signal });
  try {
    await reached(latches, ARRIVED);
    assertEquals(pool.stats(), { live: 1, ready: 0, busy: 1, lost: 0, queued: 0 });
    controller.abort(new Error("enough"));
    await assertRejects(() => spinning, Error, "enough");
    await until(() => pool.stats().lost === 1);
    assertEquals(pool.stats().live, 0);
    await pool.run(idler, "go");
    assertEquals(pool.stats(), { live: 1, ready: 1, busy: 0, lost: 1, queued: 0 });
  } finally {
    arrive(latches, RELEASED);
  }
  await until(() => pool.stats().lost === 0);
  await pool.close();
  assertEquals(pool.stats(), NO_WORKERS);
});

Deno.test("Flow.cancel() ends a job whose handler loops forever", async () => {
  await using pool = new WorkerPool({ maxWorkers: 2, grace: 0 });
  await using flow = new Flow({ pool }).add("gate", gate).add("sink", collector);
  const [mine, yours] = [newLatches(), newLatches()];
  const neighbour = flow.start("gate.hold", { latches: yours });
  const spinning = flow.start("gate.spin", { latches: mine });
  try {
    await Promise.all([reached(mine, ARRIVED), reached(yours, ARRIVED)]);
    const queued = [1, 2].map((n) => flow.start("sink.item", n));
    flow.cancel(spinning, "enough");
    await spinning.waitForCompletion();
    for (const job of queued) await job.waitForCompletion();
    assertEquals(queued.map(({ status }) => status), ["completed", "completed"]);
    assertEquals([spinning.status, neighbour.status], ["cancelled", "running"]);
  } finally {
    arrive(mine, RELEASED);
    arrive(yours, RELEASED);
  }
  assertEquals((await neighbour.waitForCompletion()).status, "completed");
});

Deno.test("WorkerPool.close() does not await an endless thread", async () => {
  const pool = new WorkerPool({ maxWorkers: 1 });
  await using flow = new Flow({ pool }).add("gate", gate);
  const latches = newLatches();
  const job = flow.start("gate.spin", { latches });
  const run = pool.run(idler, "go").catch((error) => error);
  try {
    await reached(latches, ARRIVED);
    await pool.close();
    assertEquals((await job.waitForCompletion()).status, "cancelled");
    assertInstanceOf(await run, Error);
    assertEquals([pool.stats().live, pool.stats().lost], [0, 1]);
  } finally {
    arrive(latches, RELEASED);
  }
  await until(() => pool.stats().lost === 0);
});
