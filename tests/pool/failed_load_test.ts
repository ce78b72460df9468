// A thread gives a module that threw the same error for ever, so what is tried again meets another thread;
// yet a module that never loads starts no threads without end.

import { Flow } from "@millrace/flow";
import { ModuleLoadError } from "@millrace/flow/errors";
import { WorkerPool } from "@millrace/flow/pool";
import { assert, assertEquals, assertInstanceOf, assertMatch, assertRejects } from "@std/assert";
import { evaluations, failInNext, insert, query } from "../routines/fails_to_load.ts";
import { arrive, ARRIVED, newLatches, reached, RELEASED } from "../routines/latches.ts";
import { whoami } from "../routines/workers.ts";
import { routine as closes } from "./modules/closes_at_load.ts";
import { echo } from "./routines.ts";

/** More attempts than a module gets threads for at once. */
const MANY = 100;
/** More threads than such attempts take, also where they take seconds. */
const FEW = 25;

/** The number of workers that a pool has started. */
async function started(pool: WorkerPool): Promise<number> {
  const { emits } = await pool.run(whoami, "ask");
  return Number(emits[0]?.payload.slice(1));
}

Deno.test("WorkerPool.run() finds another thread after its module failed to load", async () => {
  failInNext(1);
  await using pool = new WorkerPool({ maxWorkers: 1 });
  await assertRejects(() => pool.run(query, "go"), ModuleLoadError, "connection refused");
  assertEquals((await pool.run(query, "go")).emits.length, 1);
  assertEquals([evaluations(), pool.stats().live], [2, 1]);
});

Deno.test("Flow retries an activation in another thread after its module failed to load", async () => {
  failInNext(3);
  await using flow = new Flow({ maxWorkers: 1 }).add("query", query, {
    onError: { strategy: "retry", maxRetries: 3, delay: 0 },
  });
  const job = await flow.start("query.go", undefined).waitForCompletion();
  assertEquals([job.status, job.counts.retries, evaluations()], ["completed", 3, 4]);
});

Deno.test("Flow.preload() and validate() load a module in another thread after a failure", async () => {
  failInNext(2);
  await using flow = new Flow({ maxWorkers: 1 })
    .add("insert", insert).add("echo", echo).add("query", query);
  await assertRejects(() => flow.preload(), ModuleLoadError, "connection refused");
  assertEquals(
    (await flow.validate()).filter(({ code }) => code === "not_loadable").map(({ place }) => place),
    ["insert", "query"],
  );
  await flow.preload();
  assertEquals((await flow.validate()).filter(({ severity }) => severity === "error"), []);
  assertEquals(evaluations(), 3);
});

Deno.test("WorkerPool lets a worker finish its executing tasks after a module failed to load in it", async () => {
  failInNext(1);
  await using pool = new WorkerPool({ maxWorkers: 1, concurrency: 2 });
  const latches = newLatches();
  const held = pool.run(whoami, "askOnce", { latches });
  await reached(latches, ARRIVED);
  await assertRejects(() => pool.run(query, "go"), ModuleLoadError);
  const another = await pool.run(query, "go");
  arrive(latches, RELEASED);
  assert((await held).emits[0]?.payload !== another.emits[0]?.payload);
});

for (const [what, fails] of [["throws", query], ["ends its worker", closes]] as const) {
  Deno.test(`WorkerPool starts few threads for a module that always ${what}`, async () => {
    failInNext(Infinity);
    await using pool = new WorkerPool({ maxWorkers: 1 });
    for (const _ of Array(MANY).keys()) {
      const error = await assertRejects(() => pool.run(fails as typeof query, "go"));
      assertInstanceOf(error, ModuleLoadError);
    }
    const many = Array.from({ length: MANY }, () => pool.run(fails as typeof query, "go"));
    const other = pool.run(echo, "value", 1);
    const results = await Promise.allSettled(many);
    assert(results.every(({ status }) => status === "rejected"));
    assertEquals((await other).emits[0]?.payload, 1);
    assert(await started(pool) < FEW);
  });
}

Deno.test("WorkerPool reports the last error of a module that it does not load again yet", async () => {
  failInNext(Infinity);
  await using pool = new WorkerPool({ maxWorkers: 1 });
  await using flow = new Flow({ pool }).add("insert", insert);
  for (const _ of Array(MANY).keys()) await pool.run(query, "go").catch(() => {});
  const { error } = await flow.start("insert.go", undefined).waitForCompletion();
  assertEquals(error?.name, "ModuleLoadError");
  assertMatch(String(error?.message), /insert.*connection refused/);
});

Deno.test("WorkerPool reserves a worker for other tasks while retiring workers leave no room", async () => {
  failInNext(Infinity);
  await using pool = new WorkerPool({ maxWorkers: 1, concurrency: 3, maxLost: 1 });
  const latches = newLatches();
  const held: Promise<unknown>[] = [];
  for (const arrived of [1, 2]) {
    held.push(pool.run(whoami, "askOnce", { latches }));
    await reached(latches, ARRIVED, arrived);
    await assertRejects(() => pool.run(query, "go"), ModuleLoadError);
  }
  assertEquals((await pool.run(echo, "value", 1)).emits[0]?.payload, 1);
  arrive(latches, RELEASED);
  await Promise.all(held);
});
