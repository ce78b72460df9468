import { assertEquals } from "@std/assert";
import type { UncaughtError } from "../../faces/errors.ts";
import { WorkerPool } from "../../faces/pool.ts";
import { untidy } from "./modules/fails_to_stop.ts";
import { holder } from "./modules/holds_something.ts";
import { until } from "./until.ts";

const stops = (memory: SharedArrayBuffer) => new Int32Array(memory)[0];

Deno.test("WorkerPool.close() awaits the onStop of the modules in its workers", async () => {
  const pool = new WorkerPool({ maxWorkers: 1 });
  const memory = new SharedArrayBuffer(4);
  await pool.run(holder, "memory", memory);
  await pool.close();
  assertEquals(stops(memory), 1);
});

Deno.test("WorkerPool.recycle() calls the onStop of a worker that it renews", async () => {
  await using pool = new WorkerPool({ maxWorkers: 1 });
  const memory = new SharedArrayBuffer(4);
  await pool.run(holder, "memory", memory);
  pool.recycle();
  await until(() => stops(memory) === 1);
});

Deno.test("WorkerPool calls the onStop of a worker that was idle for idleTimeout", async () => {
  await using pool = new WorkerPool({ maxWorkers: 1, idleTimeout: 0 });
  const memory = new SharedArrayBuffer(4);
  await pool.run(holder, "memory", memory);
  await until(() => stops(memory) === 1);
});

Deno.test("WorkerPool calls onStop once, for a run with a config of its own, too", async () => {
  const pool = new WorkerPool({ maxWorkers: 1 });
  const memory = new SharedArrayBuffer(4);
  await pool.run(holder, "memory", memory, { config: {} });
  await pool.run(holder, "memory", memory);
  await pool.close();
  assertEquals(stops(memory), 1);
});

Deno.test("WorkerPool reports an onStop that throws, and closes", async () => {
  const uncaught: UncaughtError[] = [];
  const pool = new WorkerPool({ maxWorkers: 1, onUncaught: (error) => uncaught.push(error) });
  await pool.run(untidy, "go");
  await pool.close();
  assertEquals(uncaught.map(({ cause }) => String(cause)), ["RangeError: the door is stuck"]);
  assertEquals(pool.stats().lost, 0);
});
