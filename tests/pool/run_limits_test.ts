import { assertEquals, assertRejects } from "@std/assert";
import { InvalidOptionError, QueueFullError } from "../../faces/errors.ts";
import { WorkerPool } from "../../faces/pool.ts";
import { RunQueue } from "../../src/pool/run_queue.ts";
import { idler } from "../routines/basics.ts";
import { gate } from "../routines/gates.ts";
import { arrive, ARRIVED, newLatches, reached, RELEASED } from "../routines/latches.ts";
import { reporter } from "./routines.ts";
import { bind } from "./tasks.ts";

Deno.test("RunOptions.onProgress receives reports in order", async () => {
  await using pool = new WorkerPool({ maxWorkers: 1 });
  const seen: unknown[] = [];
  await pool.run(reporter, "steps", 5, { onProgress: (step) => seen.push(step) });
  assertEquals(seen, [1, 2, 3, 4, 5]);
});

Deno.test("WorkerPoolOptions.onUncaught reports an error of RunOptions.onProgress", async () => {
  const uncaught = Promise.withResolvers<unknown>();
  await using pool = new WorkerPool({
    maxWorkers: 1,
    onUncaught: ({ cause }) => uncaught.resolve(cause),
  });
  const onProgress = () => {
    throw new RangeError("no display");
  };
  const { emits } = await pool.run(reporter, "steps", 2, { onProgress });
  assertEquals(emits.map(({ payload }) => payload), ["done"]);
  assertEquals(String(await uncaught.promise), "RangeError: no display");
});

Deno.test("WorkerPoolOptions.maxQueue bounds the queued runs", async () => {
  await using pool = new WorkerPool({ maxWorkers: 1, maxQueue: 2 });
  const latches = newLatches();
  const running = pool.run(gate, "hold", { latches });
  await reached(latches, ARRIVED);
  const waiting = [pool.run(idler, "go"), pool.run(idler, "go")];
  assertEquals(pool.stats().queued, 2);
  await assertRejects(() => pool.run(idler, "go"), QueueFullError, "maxQueue");
  arrive(latches, RELEASED);
  await Promise.all([running, ...waiting]);
  assertEquals(pool.stats().queued, 0);
  await pool.run(idler, "go");
});

Deno.test("WorkerPool.stats() omits an empty queue from JSON", async () => {
  await using pool = new WorkerPool({ maxWorkers: 1 });
  assertEquals(JSON.stringify(pool.stats()), '{"live":0,"ready":0,"busy":0,"lost":0}');
  const run = pool.run(idler, "go");
  assertEquals(JSON.parse(JSON.stringify(pool.stats())).queued, 1);
  await run;
});

Deno.test("WorkerPool.load() rejects an invalid number of workers", async () => {
  await using pool = new WorkerPool({ maxWorkers: 1 });
  for (const workers of [0, -1, NaN, 1.5]) {
    await assertRejects(() => pool.load([bind(idler)], workers), InvalidOptionError, "workers");
  }
});

Deno.test("WorkerPoolOptions.concurrency rejects invalid numbers", () => {
  for (const concurrency of [0, -1, NaN, 1.5, Infinity]) {
    try {
      new WorkerPool({ concurrency });
    } catch (error) {
      assertEquals((error as Error).name, "InvalidOptionError");
      continue;
    }
    throw new Error(`${concurrency} was taken`);
  }
});

Deno.test("RunQueue releases the payload of an aborted run", async () => {
  await using pool = new WorkerPool({ maxWorkers: 1 });
  const queue = new RunQueue(pool, Infinity, () => 0);
  const controller = new AbortController();
  const { signal } = controller;
  const runs = Array.from({ length: 200 }, (_, i) => {
    return queue.add(idler, "go", { bytes: new Uint8Array(8) }, i < 150 ? { signal } : undefined);
  });
  controller.abort(new RangeError("changed my mind"));
  const ends = await Promise.allSettled(runs.slice(0, 150));
  assertEquals(new Set(ends.map(({ status }) => status)), new Set(["rejected"]));
  assertEquals(queue.ready, 50);
  const taken = Array.from({ length: 50 }, () => queue.take());
  assertEquals(taken.every((run) => run?.payload !== undefined), true);
  assertEquals(queue.take(), undefined);
  for (const run of taken) {
    run?.reject(new Error("enough"));
    assertEquals(run?.payload, undefined);
  }
  await Promise.allSettled(runs);
});

Deno.test("WorkerPool.run() refuses only the runs of a burst beyond maxQueue and those that can execute at once", async () => {
  await using pool = new WorkerPool({ maxWorkers: 2, concurrency: 4, maxQueue: 1 });
  for (const state of ["cold", "warm"]) {
    const burst = await Promise.allSettled(Array.from({ length: 8 }, () => pool.run(idler, "go")));
    const accepted = burst.filter(({ status }) => status === "fulfilled").length;
    assertEquals([state, accepted], [state, 5]);
  }
  const latches = newLatches();
  const running = [1, 2, 3].map(() => pool.run(gate, "hold", { latches }));
  await reached(latches, ARRIVED, 3);
  const rest = [pool.run(idler, "go"), pool.run(idler, "go")];
  await assertRejects(() => pool.run(idler, "go"), QueueFullError, "1 runs waiting");
  arrive(latches, RELEASED, 3);
  await Promise.all([...running, ...rest]);
});
