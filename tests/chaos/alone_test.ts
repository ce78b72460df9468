import { assertEquals } from "@std/assert";
import { arrive, newLatches, RELEASED } from "../routines/latches.ts";
import { deedsIn } from "./deed.ts";
import { BOUND, isWhole, sharedPool } from "./pools.ts";
import { assertError, chaosFlow, ROWS } from "./rows.ts";

const pool = sharedPool();

for (const row of ROWS) {
  Deno.test(`WorkerPool recovers from ${row.name}`, async () => {
    await isWhole(pool);
    await using flow = chaosFlow(row, { pool });
    const latches = newLatches();
    const job = flow.start(row.entry, { latches, attempts: 1, whenStopped: false });
    await job.waitForCompletion(BOUND);
    arrive(latches, RELEASED);
    assertEquals([job.status, deedsIn({ latches })], ["failed", row.isModule ? 0 : 1]);
    assertError(job.error, row);
    assertEquals([job.sharedData, job.counts.unrouted, job.counts.failed], [{}, 0, 1]);
    await isWhole(pool);
  });
}
