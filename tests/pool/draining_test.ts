// A worker that is to be replaced, and executes what it has begun to its end: nothing waits for that.

import { Flow } from "@millrace/flow";
import { WorkerPool } from "@millrace/flow/pool";
import { assertEquals } from "@std/assert";
import { gate } from "../routines/gates.ts";
import { arrive, ARRIVED, countOf, newLatches, reached, RELEASED } from "../routines/latches.ts";
import { crowdIn } from "./crowd.ts";
import { echo } from "./routines.ts";

Deno.test("WorkerPool uses another worker while one drains", async () => {
  await using pool = new WorkerPool({ maxWorkers: 1, concurrency: 20, grace: 50 });
  const crowd = await crowdIn(pool);
  await using flow = new Flow({ pool }).add("gate", gate);
  const latches = newLatches();
  const job = flow.start("gate.quiet", { latches });
  await reached(latches, ARRIVED);
  flow.cancel(job);
  await job.waitForCompletion();
  const { emits } = await pool.run(echo, "value", "meanwhile");
  assertEquals(emits[0]?.payload, "meanwhile");
  await crowd.endsWell(1);
});

Deno.test("WorkerPool.recycle() delays no activation of a flow", async () => {
  await using pool = new WorkerPool({ maxWorkers: 1, concurrency: 20 });
  await using flow = new Flow({ pool }).add("gate", gate);
  const latches = newLatches();
  const jobs = Array.from({ length: 8 }, () => flow.start("gate.quiet", { latches }));
  await reached(latches, ARRIVED, 8);
  pool.recycle();
  const more = Array.from({ length: 8 }, () => flow.start("gate.quiet", { latches }));
  await reached(latches, ARRIVED, 16);
  assertEquals(countOf(latches, RELEASED), 0);
  arrive(latches, RELEASED);
  await Promise.all([...jobs, ...more].map((job) => job.waitForCompletion()));
});
