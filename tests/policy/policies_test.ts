// The table of policies on real workers, as far as it goes quickly.

import { type FailedPayload, Flow } from "@millrace/flow";
import { WorkerPool } from "@millrace/flow/pool";
import { assertEquals } from "@std/assert";
import { risky, sink } from "./routines.ts";
import { inRole, retrying, type Role, ROLES, STRATEGIES } from "./table.ts";

const pool = new WorkerPool({ maxWorkers: 2, idleTimeout: Infinity });
Deno.test.afterAll(async () => {
  await pool.close();
  assertEquals(pool.stats(), { live: 0, ready: 0, busy: 0, lost: 0, queued: 0 });
});

const BOUND = { timeout: 20_000 };

for (const { name, strategy, ends } of STRATEGIES) {
  for (const role of Object.keys(ROLES) as Role[]) {
    Deno.test(`Policy.onError ${name} gives ${ends[role]} when ${role}`, async () => {
      for (const maxRetries of [undefined, 1]) {
        const said = maxRetries === undefined ? strategy : retrying(strategy, maxRetries);
        await using flow = new Flow({ pool, ...said !== undefined && { onError: said } })
          .add("risky", risky, inRole({}, role))
          .add("spares", sink)
          .connect("risky.spare", "spares.item");
        const good = flow.start("risky.item", { fails: maxRetries ?? 0 });
        const bad = flow.start("risky.item", { fails: 9 });
        await Promise.all([good, bad].map((job) => job.waitForCompletion(BOUND)));
        assertEquals([good.status, good.errors], ["completed", []]);

        const end = ends[role];
        assertEquals(bad.status, end === "stop" ? "failed" : "completed");
        assertEquals([bad.errors.length, bad.counts.retries], [1, maxRetries ?? 0]);
        assertEquals(bad.error?.message, end === "stop" ? bad.errors[0]?.message : undefined);
        assertEquals(bad.skipped, end === "skip" || end === "fallback" ? ["risky"] : []);
        assertEquals(bad.sharedData, end === "fallback" ? { spares: "a spare" } : {});
      }
    });
  }
}

Deno.test("FailedPayload is delivered after the last retry", async () => {
  await using flow = new Flow({ pool, onError: retrying("skip", 1) })
    .add("risky", risky)
    .add("errors", sink)
    .connect("risky.$error", "errors.item");
  const job = await flow.start("risky.item", { fails: 2 }).waitForCompletion(BOUND);
  const { payload, slot, error } = job.sharedData.errors as FailedPayload;
  assertEquals([job.status, job.skipped], ["completed", ["risky"]]);
  assertEquals([payload, slot, error.message], [{ fails: 2 }, "item", "attempt 2"]);
});
