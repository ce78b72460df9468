import { ClosedError } from "@millrace/flow/errors";
import { WorkerPool } from "@millrace/flow/pool";
import { assertEquals, assertRejects } from "@std/assert";
import { NO_WORKERS } from "../flow/shared_pool.ts";
import { idler } from "../routines/basics.ts";
import { gate } from "../routines/gates.ts";
import { ARRIVED, countOf, newLatches, reached } from "../routines/latches.ts";

Deno.test("WorkerPool.close() ends busy and starting workers", async () => {
  const pool = new WorkerPool({ maxWorkers: 3 });
  await pool.run(idler, "go");
  const latches = newLatches();
  const busy = pool.run(gate, "hold", { latches });
  await reached(latches, ARRIVED);
  const starting = [pool.run(gate, "hold", { latches }), pool.run(gate, "hold", { latches })];
  const refused = [busy, ...starting].map((run) => assertRejects(() => run, ClosedError));
  await pool.close();
  await Promise.all(refused);
  assertEquals(pool.stats(), NO_WORKERS);
});

Deno.test("WorkerPool.close() rejects queued runs", async () => {
  const pool = new WorkerPool({ maxWorkers: 1 });
  const [first, second] = [newLatches(), newLatches()];
  const runs = [pool.run(gate, "hold", { latches: first })];
  await reached(first, ARRIVED);
  runs.push(pool.run(gate, "hold", { latches: second }));
  const refused = runs.map((run) => assertRejects(() => run, ClosedError, "the pool is closed"));
  await pool.close();
  await Promise.all(refused);
  assertEquals(countOf(second, ARRIVED), 0);
});

Deno.test("WorkerPool.close() is idempotent", async () => {
  const pool = new WorkerPool();
  await Promise.all([pool.close(), pool.close()]);
  await pool.close();
  assertEquals(pool.stats(), NO_WORKERS);
});

Deno.test("WorkerPool[Symbol.asyncDispose]() closes the pool", async () => {
  let left: WorkerPool;
  {
    await using pool = new WorkerPool({ maxWorkers: 1 });
    await pool.run(idler, "go");
    left = pool;
  }
  assertEquals(left.stats(), NO_WORKERS);
  await assertRejects(() => left.run(idler, "go"), ClosedError);
});

Deno.test("WorkerPool.close() settles runs while a worker starts", async () => {
  const pool = new WorkerPool({ maxWorkers: 2 });
  const refused = assertRejects(() => pool.run(idler, "go"), ClosedError);
  await pool.close();
  await refused;
  assertEquals(pool.stats(), NO_WORKERS);
});
