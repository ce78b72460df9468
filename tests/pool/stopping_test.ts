// To stop one activation touches that one: its neighbours in the same worker are executed to their ends,
// or elsewhere if the worker can be used no more.

import { Flow } from "@millrace/flow";
import { ActivationTimeoutError } from "@millrace/flow/errors";
import { WorkerPool, type WorkerPoolOptions } from "@millrace/flow/pool";
import { assertEquals, assertInstanceOf, assertNotEquals, assertRejects } from "@std/assert";
import { gate } from "../routines/gates.ts";
import {
  ABORTED,
  arrive,
  ARRIVED,
  countOf,
  newLatches,
  reached,
  RELEASED,
} from "../routines/latches.ts";
import { executionsIn, neighbour, NEIGHBOURS, newExecutions } from "../routines/neighbours.ts";
import { crowdIn } from "./crowd.ts";
import { spinner } from "./routines.ts";
import { until } from "./until.ts";

function newPool(options: WorkerPoolOptions = {}): WorkerPool {
  return new WorkerPool({ maxWorkers: 1, concurrency: 20, grace: 50, ...options });
}

/** The worker that is given the next task. */
async function nextWorker(pool: WorkerPool): Promise<string | undefined> {
  await using flow = new Flow({ id: "next", pool }).add("spinner", spinner);
  return (await flow.execute("spinner.ms", 0)).spans[0]?.workerId;
}

async function isWhole(pool: WorkerPool): Promise<void> {
  const { maxWorkers } = pool;
  await until(() => pool.stats().ready === maxWorkers && pool.stats().lost === 0);
  assertEquals(pool.stats(), { live: maxWorkers, ready: maxWorkers, busy: 0, lost: 0, queued: 0 });
}

Deno.test("RunOptions.signal aborts only its own handler", async () => {
  await using pool = newPool();
  const crowd = await crowdIn(pool);
  const worker = await nextWorker(pool);
  const latches = newLatches();
  const controllers = Array.from({ length: 3 }, () => new AbortController());
  const runs = controllers.map(({ signal }) =>
    pool.run(gate, "stoppable", { latches }, { signal }).catch((error) => error)
  );
  await reached(latches, ARRIVED, 3);
  controllers[1]?.abort(new RangeError("enough"));
  assertEquals(String(await runs[1]), "RangeError: enough");
  await reached(latches, ABORTED);
  await crowd.endsWell(1);
  assertEquals([countOf(latches, ABORTED), await nextWorker(pool)], [1, worker]);
  for (const controller of controllers) controller.abort(new RangeError("enough"));
  assertEquals((await Promise.all(runs)).map(String), controllers.map(() => "RangeError: enough"));
  await isWhole(pool);
});

for (const how of ["a timeout", "a cancel"] as const) {
  Deno.test(`ctx.signal aborts only in its own activation (${how})`, async () => {
    await using pool = newPool({ grace: 5_000 });
    const crowd = await crowdIn(pool);
    const worker = await nextWorker(pool);
    await using flow = new Flow({ pool })
      .add("gate", gate, how === "a timeout" ? { runTimeout: 30 } : {})
      .add("patient", gate);
    const latches = newLatches();
    const patient = newLatches();
    const other = flow.start("patient.stoppable", { latches: patient });
    const job = flow.start("gate.stoppable", { latches });
    await Promise.all([reached(latches, ARRIVED), reached(patient, ARRIVED)]);
    if (how === "a cancel") flow.cancel(job);
    await job.waitForCompletion();
    if (how === "a timeout") assertInstanceOf(job.error, ActivationTimeoutError);
    else assertEquals(job.status, "cancelled");
    await crowd.endsWell(1);
    assertEquals([other.status, countOf(patient, ABORTED)], ["running", 0]);
    assertEquals([countOf(latches, ABORTED), await nextWorker(pool)], [1, worker]);
    flow.cancel(other);
    await other.waitForCompletion();
    await isWhole(pool);
  });

  Deno.test(`WorkerPool drains an unresponsive worker (${how})`, async () => {
    await using pool = newPool();
    const crowd = await crowdIn(pool);
    const worker = await nextWorker(pool);
    await using flow = new Flow({ pool })
      .add("gate", gate, how === "a timeout" ? { runTimeout: 30 } : {});
    const latches = newLatches();
    const job = flow.start("gate.quiet", { latches });
    await reached(latches, ARRIVED);
    if (how === "a cancel") flow.cancel(job);
    await job.waitForCompletion();
    if (how === "a timeout") assertInstanceOf(job.error, ActivationTimeoutError);
    else assertEquals(job.status, "cancelled");
    // They wait there still, and what comes goes elsewhere.
    assertNotEquals(await nextWorker(pool), worker);
    await crowd.endsWell(1);
    await isWhole(pool);
  });

  Deno.test(`WorkerPool re-executes neighbours of a blocked thread (${how})`, async () => {
    await using pool = newPool({ maxWorkers: 2, concurrency: 12 });
    await using innocent = new Flow({ id: "innocent", pool, maxCrashes: 1 })
      .add("neighbour", neighbour).connect("neighbour.doubled", "neighbour.doubled");
    await using flow = new Flow({ pool })
      .add("gate", gate, how === "a timeout" ? { runTimeout: 30 } : {});
    await pool.load([{ routine: gate, config: {}, flowId: "", routineId: "" }], 2);
    const [latches, waiting, executions] = [newLatches(), newLatches(), newExecutions()];
    const others = Array.from(
      { length: NEIGHBOURS },
      (_, n) => innocent.start("neighbour.item", { latches: waiting, n, executions }),
    );
    await reached(waiting, ARRIVED, NEIGHBOURS);
    const workers = others.map(({ executing: [one] }) => one?.workerId);
    assertEquals(new Set(workers).size, 2);

    const job = flow.start("gate.spin", { latches });
    await reached(latches, ARRIVED);
    if (how === "a cancel") flow.cancel(job);
    await job.waitForCompletion();
    const [lost] = job.executionHistory.flatMap(({ workerId }) => workerId ?? []);
    arrive(waiting, RELEASED);
    await Promise.all(others.map((other) => other.waitForCompletion()));
    arrive(latches, RELEASED);
    assertEquals(executionsIn(executions), workers.map((id) => id === lost ? 2 : 1));
    for (const [n, { status, counts, sharedData, sharedLog }] of others.entries()) {
      assertEquals([status, counts.retries, sharedLog.length], ["completed", 0, 2]);
      assertEquals(sharedData, { count: 1, result: 2 * n });
    }
    await isWhole(pool);
  });
}

Deno.test("RunOptions.signal revokes a run before its handler starts", async () => {
  await using pool = newPool({ concurrency: NEIGHBOURS });
  const crowd = await crowdIn(pool);
  const latches = newLatches();
  const controller = new AbortController();
  const { signal } = controller;
  const run = pool.run(gate, "quiet", { latches }, { signal });
  const rejected = assertRejects(() => run, RangeError, "enough");
  controller.abort(new RangeError("enough"));
  await rejected;
  await crowd.endsWell(1);
  assertEquals(countOf(latches, ARRIVED), 0);
  await isWhole(pool);
});
