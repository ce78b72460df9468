// Loading a module has a clock of its own: neither the attempt's nor the queue's counts it.

import { Flow } from "@millrace/flow";
import { ModuleLoadError } from "@millrace/flow/errors";
import { WorkerPool } from "@millrace/flow/pool";
import { assertEquals, assertInstanceOf } from "@std/assert";
import { idler } from "../routines/basics.ts";
import { slow, watchLoading } from "../routines/slow_to_load.ts?module_clock";
import { routine as closes } from "./modules/closes_at_load.ts";
import { routine as loops } from "./modules/loops.ts";
import { until } from "./until.ts";

Deno.test("Policy.runTimeout excludes the loading of the module", async () => {
  using loading = watchLoading();
  await using pool = new WorkerPool({ maxWorkers: 1 });
  await using flow = new Flow({ pool })
    .add("slow", slow, { runTimeout: 100, queueTimeout: 3_000 });
  // A worker that has to be started first is waited for in the queue.
  await pool.run(idler, "go");
  const job = flow.start("slow.go", undefined);
  await loading.begun;
  await new Promise((resolve) => setTimeout(resolve, 3_500));
  assertEquals([job.status, job.counts.executing], ["running", 0]);
  loading.goOn();
  assertEquals((await job.waitForCompletion()).status, "completed");
});

Deno.test("RunOptions.signal rejects a run while its module loads", async () => {
  using loading = watchLoading();
  await using pool = new WorkerPool({ maxWorkers: 1, concurrency: 2 });
  const controller = new AbortController();
  const { signal } = controller;
  const reason = new RangeError("changed my mind");
  const run = pool.run(slow, "go", undefined, { signal }).catch((error) => error);
  await loading.begun;
  controller.abort(reason);
  assertEquals(await run, reason);
  // Neither the worker nor the strand waits for the module.
  await pool.run(idler, "go");
  loading.goOn();
  await pool.run(slow, "go", undefined);
  assertEquals([pool.stats().live, pool.stats().lost], [1, 0]);
});

Deno.test("WorkerPool isolates a module that closes its worker", async () => {
  await using pool = new WorkerPool({ maxWorkers: 1, concurrency: 4 });
  const others = Array.from({ length: 5 }, () => pool.run(idler, "go"));
  const errors = await Promise.all(
    [1, 2].map(() => pool.run(closes, "go", undefined).catch((error) => error)),
  );
  for (const error of errors) assertInstanceOf(error, ModuleLoadError);
  await Promise.all(others);
  await pool.run(idler, "go");
});

Deno.test("WorkerPool limits a looping module to one thread", async () => {
  await using pool = new WorkerPool({ maxWorkers: 2, loadTimeout: 100, grace: 50, maxLost: 3 });
  const runs = Array.from({ length: 6 }, () => pool.run(loops, "go").catch((error) => error));
  for (const error of await Promise.all(runs)) assertInstanceOf(error, ModuleLoadError);
  await pool.run(idler, "go");
  await until(() => pool.stats().lost < 3);
});
