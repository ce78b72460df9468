import { assertEquals } from "@std/assert";
import { arrive, newLatches, RELEASED } from "../routines/latches.ts";
import { deedsIn } from "./deed.ts";
import { BOUND, isWhole, sharedPool } from "./pools.ts";
import { assertError, chaosFlow, ROWS } from "./rows.ts";

const pool = sharedPool();
const policy = { onError: { strategy: "retry", maxRetries: 1, delay: 0 } } as const;

for (const row of ROWS) {
  Deno.test(`RetryStrategy.maxRetries bounds the retries of ${row.name}`, async () => {
    await isWhole(pool);
    await using flow = chaosFlow(row, { pool }, policy);
    const latches = newLatches();
    const job = flow.start(row.entry, { latches, attempts: 2, whenStopped: false });
    await job.waitForCompletion(BOUND);
    arrive(latches, RELEASED);
    assertEquals([job.status, job.counts.retries, job.counts.failed], ["failed", 1, 1]);
    assertEquals(deedsIn({ latches }), row.isModule ? 0 : 2);
    assertError(job.error, row, 2);
    assertEquals(job.errors.length, 1, "a retry is no failure");
    await isWhole(pool);
  });
}

// A module that fails to load fails to load again.
for (const row of ROWS.filter(({ isModule }) => !isModule)) {
  Deno.test(`RetryStrategy recovers from ${row.name}`, async () => {
    await isWhole(pool);
    await using flow = chaosFlow(row, { pool }, policy);
    const latches = newLatches();
    const job = flow.start(row.entry, { latches, attempts: 1, whenStopped: false });
    await job.waitForCompletion(BOUND);
    arrive(latches, RELEASED);
    assertEquals([job.status, job.error], ["completed", undefined]);
    assertEquals([job.counts.retries, job.sharedData], [1, { attempt: 2 }]);
    assertEquals(job.counts.unrouted, 0, "what the first attempt emitted is no effect");
    await isWhole(pool);
  });
}
