// Programs test themselves with fake timers: timers and clocks of the global object stand still, and
// flows go on.

import { Flow } from "@millrace/flow";
import { WaitTimeoutError } from "@millrace/flow/errors";
import { WorkerPool } from "@millrace/flow/pool";
import { assert, assertEquals, assertRejects } from "@std/assert";
import { fakeTimers } from "../fake_timers.ts";
import { flaky } from "../failure/routines.ts";
import { gate } from "../routines/gates.ts";
import { newLatches } from "../routines/latches.ts";

Deno.test("Flow ignores replaced global timers and clocks", async () => {
  using fake = fakeTimers();
  const pool = new WorkerPool({ maxWorkers: 1 });
  const flow = new Flow({ pool })
    .add("flaky", flaky, { onError: { strategy: "retry", delay: 5 } })
    .add("gate", gate);
  const job = await flow.execute("flaky.item", { fails: 2 });
  assertEquals([job.status, job.sharedLog.map(({ data }) => data)], ["completed", [3]]);
  assert((job.endedAt ?? 0) > job.createdAt);
  const waiting = flow.start("gate.hold", { latches: newLatches() });
  await assertRejects(() => waiting.waitForCompletion({ timeout: 1 }), WaitTimeoutError);
  await flow.close();
  assertEquals(waiting.status, "cancelled");
  await pool.close();
  assertEquals(pool.stats().live, 0);
  assertEquals(fake.uses, []);
});
