import { assertEquals } from "@std/assert";
import type { UncaughtError } from "../../faces/errors.ts";
import { WorkerPool } from "../../faces/pool.ts";
import { untidy } from "./modules/fails_to_stop.ts";
import { holder } from "./modules/holds_something.ts";
import { until } from "./until.ts";

const stops = (memory: SharedArrayBuffer) => new Int32Array(memory)[0];

Deno.test("WorkerPool.close() awaits onStop() of loaded modules", async () => {
  const pool = new WorkerPool({ maxWorkers: 1 });
  const memory = new SharedArrayBuffer(4);
  await pool.run(holder, "memory", memory);
  await pool.close();
  assertEquals(stops(memory), 1);
});

Deno.test("WorkerPool.recycle() calls onStop() in the old worker", async () => {
  await using pool = new WorkerPool({ maxWorkers: 1 });
  const memory = new SharedArrayBuffer(4);
  await pool.run(holder, "memory", memory);
  pool.recycle();
  await until(() => stops(memory) === 1);
});

Deno.test("WorkerPoolOptions.idleTimeout calls onStop() in the idle worker", async () => {
  await using pool = new WorkerPool({ maxWorkers: 1, idleTimeout: 0 });
  const memory = new SharedArrayBuffer(4);
  await pool.run(holder, "memory", memory);
  await until(() => stops(memory) === 1);
});

Deno.test("WorkerPool.close() calls onStop() once despite several configs", async () => {
  const pool = new WorkerPool({ maxWorkers: 1 });
  const memory = new SharedArrayBuffer(4);
  await pool.run(holder, "memory", memory, { config: {} });
  await pool.run(holder, "memory", memory);
  await pool.close();
  assertEquals(stops(memory), 1);
});

Deno.test("WorkerPoolOptions.onUncaught reports an error of onStop()", async () => {
  const uncaught: UncaughtError[] = [];
  const pool = new WorkerPool({ maxWorkers: 1, onUncaught: (error) => uncaught.push(error) });
  await pool.run(untidy, "go");
  await pool.close();
  assertEquals(uncaught.map(({ cause }) => String(cause)), ["RangeError: the door is stuck"]);
  assertEquals(pool.stats().lost, 0);
});
