// Routines are loaded in workers that come and go, for reasons that have nothing to do with them.

import { Flow } from "@millrace/flow";
import { WorkerPool } from "@millrace/flow/pool";
import { assertEquals } from "@std/assert";
import { idler } from "../routines/basics.ts";
import { gate } from "../routines/gates.ts";
import { arrive, ARRIVED, newLatches, reached, RELEASED } from "../routines/latches.ts";
import { killer } from "../routines/workers.ts";

Deno.test("Flow.preload() works with an idleTimeout of 0", async () => {
  await using pool = new WorkerPool({ maxWorkers: 1, idleTimeout: 0 });
  await using flow = new Flow({ pool }).add("idler", idler);
  await flow.preload();
  assertEquals((await flow.execute("idler.go")).status, "completed");
});

Deno.test("WorkerPool loads routines while all workers are renewed", async () => {
  await using pool = new WorkerPool({ maxWorkers: 2, maxLost: 2 });
  await using before = new Flow({ pool }).add("idler", idler);
  await before.preload();
  pool.recycle();
  assertEquals(pool.stats(), { live: 0, ready: 0, busy: 0, lost: 2, queued: 0 });
  await using after = new Flow({ pool }).add("idler", idler);
  assertEquals((await after.execute("idler.go")).status, "completed");
});

Deno.test("Flow.preload() replaces a worker that is lost meanwhile", async () => {
  await using pool = new WorkerPool({ maxWorkers: 2, grace: 0 });
  await using flow = new Flow({ pool }).add("idler", idler);
  await pool.run(idler, "go");
  const latches = newLatches();
  const controller = new AbortController();
  const { signal } = controller;
  const blocking = pool.run(gate, "spin", { latches }, { signal }).catch(() => {});
  const holding = newLatches();
  const held = pool.run(gate, "hold", { latches: holding });
  try {
    await Promise.all([reached(latches, ARRIVED), reached(holding, ARRIVED)]);
    // One worker is free again, and the other never will be.
    arrive(holding, RELEASED);
    await held;
    const loaded = flow.preload();
    controller.abort();
    await Promise.all([loaded, blocking]);
    const { live, ready } = pool.stats();
    assertEquals({ live, ready }, { live: 2, ready: 2 });
  } finally {
    arrive(latches, RELEASED);
  }
});

Deno.test("WorkerPool reloads a routine after its worker dies", async () => {
  await using pool = new WorkerPool({ maxWorkers: 1 });
  await using deadly = new Flow({ pool }).add("killer", killer);
  await using flow = new Flow({ pool }).add("idler", idler);
  const dying = deadly.start("killer.closes");
  const job = await flow.execute("idler.go");
  assertEquals([job.status, (await dying.waitForCompletion()).status], ["completed", "failed"]);
});

Deno.test("WorkerPool uses a ready worker while another starts", async () => {
  await using pool = new WorkerPool({ maxWorkers: 2 });
  await pool.run(idler, "go");
  const binding = { routine: idler, config: {}, flowId: "", routineId: "" };
  const loaded = pool.load([binding], 2);
  assertEquals(pool.stats(), { live: 2, ready: 1, busy: 0, lost: 0, queued: 0 });
  const run = pool.run(idler, "go");
  // It is given out when all that is asked for in this turn has been asked for.
  await Promise.resolve();
  assertEquals(pool.stats(), { live: 2, ready: 0, busy: 1, lost: 0, queued: 0 });
  await Promise.all([run, loaded]);
});
