// Law 1: at no instant are more than `maxWorkers` activations of a flow executing.

import { assert, assertEquals } from "@std/assert";
import { WorkerPool } from "@millrace/flow";
import fc from "fast-check";
import { plans } from "./plan.ts";
import { runPlan } from "./run_plan.ts";
import { workerRuns } from "./runs.ts";
import { greatestOverlap } from "./spans.ts";

Deno.test("law 1: no more handlers execute at once than maxWorkers, over all jobs", async () => {
  await using pool = new WorkerPool({ maxWorkers: 4 });
  await fc.assert(
    fc.asyncProperty(plans({ failing: true, dying: true, lenient: true }), async (plan) => {
      const { greatest, jobs } = await runPlan(plan, pool);
      assert(greatest <= plan.limit, `${greatest} were inside at once, under ${plan.limit}`);
      const overlap = greatestOverlap(jobs.flatMap(({ spans }) => spans));
      assert(overlap <= plan.limit, `${overlap} spans overlap, under ${plan.limit}`);
    }),
    workerRuns(12),
  );
});

Deno.test("spans are counted as overlapping only where they do", () => {
  const span = (startedAt: number, endedAt: number) => ({ startedAt, endedAt });
  assertEquals(greatestOverlap([]), 0);
  assertEquals(greatestOverlap([span(0, 5), span(5, 9)]), 1);
  assertEquals(greatestOverlap([span(0, 5), span(4, 9), span(8, 12)]), 2);
  assertEquals(greatestOverlap([span(0, 9), span(1, 8), span(2, 3), span(4, 5)]), 3);
});
