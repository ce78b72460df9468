import { assertEquals } from "@std/assert";
import { arrive, newLatches, RELEASED } from "../routines/latches.ts";
import { BOUND, isWhole, resultOf, sharedPool } from "./pools.ts";
import { assertError, chaosFlow, ROWS } from "./rows.ts";

const pool = sharedPool();

for (const row of ROWS) {
  Deno.test(`WorkerPool isolates 50 jobs from ${row.name}`, async () => {
    await isWhole(pool);
    await using flow = chaosFlow(row, { pool });
    const latches = newLatches();
    const startHealthy = (n: number) => flow.start("healthy.item", n, { jobId: `healthy_${n}` });
    const before = Array.from({ length: 25 }, (_, n) => startHealthy(n));
    const job = flow.start(row.entry, { latches, attempts: 1, whenStopped: false });
    const after = Array.from({ length: 25 }, (_, n) => startHealthy(25 + n));
    const others = [...before, ...after];
    await Promise.all([job, ...others].map((job) => job.waitForCompletion(BOUND)));
    arrive(latches, RELEASED);
    assertEquals(job.status, "failed");
    assertError(job.error, row);
    assertEquals(others.map(resultOf), others.map((_, n) => 2 * n));
    assertEquals(others.filter(({ counts }) => counts.retries > 0), []);
    await isWhole(pool);
  });
}
