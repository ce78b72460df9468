// What a pool promises over channels that are slow, or that do not carry everything.

import { Flow } from "@millrace/flow";
import { RoutineNotExportedError, WorkerStartError } from "@millrace/flow/errors";
import { type ChannelEvents, WorkerPool, type WorkerPoolOptions } from "@millrace/flow/pool";
import { assertEquals, assertIsError, assertRejects } from "@std/assert";
import { NO_WORKERS } from "../flow/shared_pool.ts";
import { idler } from "../routines/basics.ts";
import { notExported } from "../routines/not_exported.ts";
import { routine as endless } from "./modules/loops_in_worker.ts";
import { sinner } from "./process_routines.ts";
import { threadsWith } from "./thread_channel.ts";

/** Uses a pool, and sees that no worker is left. */
async function withPool(
  options: WorkerPoolOptions,
  use: (pool: WorkerPool) => Promise<void>,
): Promise<void> {
  const pool = new WorkerPool({ maxWorkers: 1, ...options });
  try {
    await use(pool);
  } finally {
    await pool.close();
  }
  assertEquals(pool.stats(), NO_WORKERS);
}

Deno.test("serveWorker() fails the activation whose result cannot be sent", async () => {
  await withPool({ startWorker: threadsWith({ limit: 10_000 }), concurrency: 2 }, async (pool) => {
    const [long, short] = await Promise.allSettled([
      pool.run(sinner, "value", new Uint8Array(20_000)),
      pool.run(sinner, "value", 1),
    ]);
    const reason = long.status === "rejected" ? long.reason : undefined;
    assertIsError(reason, RangeError, "the message is too long");
    assertEquals(short.status === "fulfilled" ? short.value.emits[0]?.payload : short.reason, 1);
    assertEquals(pool.stats().live, 1);
  });
});

Deno.test("serveWorker() ends a program that cannot send anything", async () => {
  await withPool({ startWorker: threadsWith({ limit: 10 }) }, async (pool) => {
    await assertRejects(() => pool.run(sinner, "pid"), WorkerStartError, "its thread has ended");
  });
});

Deno.test("WorkerPoolOptions.loadTimeout ends a worker whose module never yields, if it sends late", async () => {
  const options = { startWorker: threadsWith({ isLate: true }), loadTimeout: 3_000, grace: 50 };
  await withPool(options, async (pool) => {
    // The worker cannot say that it has begun to load the module, so the module is not known to be the cause.
    await assertRejects(() => pool.run(endless, "go"), WorkerStartError, "in it never yields");
  });
});

Deno.test("WorkerPoolOptions.loadTimeout bounds the start of a worker of another kind", async () => {
  const startWorker = (_: string, { ended }: ChannelEvents) => {
    return { send() {}, close: () => ended("") };
  };
  await withPool({ startWorker, loadTimeout: 50 }, async (pool) => {
    await assertRejects(() => pool.run(sinner, "pid"), WorkerStartError, "not ready within 50 ms");
  });
});

Deno.test("RoutinePolicy.runTimeout does not begin while another activation blocks the worker", async () => {
  await withPool({ startWorker: threadsWith(), concurrency: 2, grace: 50 }, async (pool) => {
    await pool.run(sinner, "value", 1);
    await using flow = new Flow({ pool }).add("spinner", sinner)
      .add("quick", sinner, { runTimeout: 300 });
    const spinning = flow.start("spinner.spinsFor", 900);
    const quick = flow.start("quick.value", 1);
    await Promise.all([spinning.waitForCompletion(), quick.waitForCompletion()]);
    assertEquals([spinning.status, quick.status], ["completed", "completed"]);
  });
});

Deno.test("WorkerPool keeps a worker whose answers take longer than they may", async () => {
  let starts = 0;
  const start = threadsWith({ latency: 150 });
  const startWorker = (id: string, events: ChannelEvents) => {
    starts++;
    return start(id, events);
  };
  await withPool({ startWorker, concurrency: 4, loadTimeout: 3_000 }, async (pool) => {
    const runs = Array.from({ length: 4 }, (_, i) => pool.run(sinner, "value", i));
    const values = (await Promise.all(runs)).map(({ emits }) => emits[0]?.payload);
    assertEquals([values, starts], [[0, 1, 2, 3], 1]);
  });
});

Deno.test("WorkerPool blames no module for a worker that was blocked before it loaded it", async () => {
  const options = { startWorker: threadsWith({ latency: 40 }), loadTimeout: 3_000, grace: 100 };
  await withPool(options, async (pool) => {
    await pool.run(sinner, "value", 1);
    // What it leaves behind blocks the worker as the load of the next routine is on its way.
    await pool.run(sinner, "leavesSpin", { after: 45 });
    assertEquals((await pool.run(idler, "go")).emits, []);
  });
});

Deno.test("WorkerPool executes what waits behind a routine that does not load", async () => {
  await withPool({ startWorker: threadsWith() }, async (pool) => {
    const refused = pool.run(notExported(), "item", 1);
    const behind = [1, 2].map((n) => pool.run(sinner, "value", n));
    await assertRejects(() => refused, RoutineNotExportedError);
    const effects = await Promise.all(behind);
    assertEquals(effects.map(({ emits }) => emits[0]?.payload), [1, 2]);
  });
});
