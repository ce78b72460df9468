// Times of zero: nothing that they limit is repeated without end.

import { ActivationTimeoutError } from "@millrace/flow/errors";
import { WorkerPool } from "@millrace/flow/pool";
import { assertEquals, assertRejects } from "@std/assert";
import { waiter } from "./routines.ts";
import { collector } from "../routines/basics.ts";

Deno.test("WorkerPoolOptions.idleTimeout may be 0", async () => {
  await using pool = new WorkerPool({ maxWorkers: 1, idleTimeout: 0 });
  for (let i = 0; i < 3; i++) {
    const { sharedData } = await pool.run(collector, "left", i);
    assertEquals(sharedData, [{ key: "left", value: i }]);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
});

Deno.test("RunOptions.timeout rejects every run at 0", async () => {
  await using pool = new WorkerPool({ maxWorkers: 1, grace: 0 });
  for (let i = 0; i < 3; i++) {
    const run = () => pool.run(waiter, "go", undefined, { timeout: 0 });
    await assertRejects(run, ActivationTimeoutError, "within 0 ms");
  }
  assertEquals((await pool.run(collector, "left", 1)).sharedData, [{ key: "left", value: 1 }]);
});
