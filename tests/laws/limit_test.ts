// Law 1: at no instant are more than `concurrency` activations of a flow executing, nor of a pool.

import { assert, assertEquals } from "@std/assert";
import { WorkerPool } from "@millrace/flow/pool";
import fc from "fast-check";
import { Gauge } from "./gauge.ts";
import { law } from "./law.ts";
import { plans } from "./plan.ts";
import { runPlan } from "./run_plan.ts";
import { workerRuns } from "./runs.ts";
import { greatestOverlap } from "./spans.ts";

law("FlowOptions.concurrency limits handlers over all jobs", {
  maxWorkers: 4,
}, async (pool, plans) => {
  const property = fc.asyncProperty(plans({ failing: true, lenient: true }), async (plan) => {
    const { greatest, jobs } = await runPlan(plan, pool);
    assert(greatest <= plan.limit, `${greatest} were inside at once, under ${plan.limit}`);
    const spans = jobs.flatMap(({ spans }) => spans);
    const overlap = greatestOverlap(spans);
    assert(overlap <= plan.limit, `${overlap} spans overlap, under ${plan.limit}`);
    const workers = new Set(spans.map(({ workerId }) => workerId));
    assert(greatest <= pool.concurrency && workers.size <= pool.maxWorkers);
  });
  await fc.assert(property, workerRuns(12));
});

law("FlowOptions.concurrency limits spans where workers die", {
  maxWorkers: 4,
}, async (pool, plans) => {
  const dying = plans({ failing: true, dying: true, lenient: true });
  const property = fc.asyncProperty(dying, async (plan) => {
    const { greatest, jobs } = await runPlan(plan, pool);
    const overlap = greatestOverlap(jobs.flatMap(({ spans }) => spans));
    assert(overlap <= plan.limit, `${overlap} spans overlap, under ${plan.limit}`);
    // A handler that is lost with its worker while it awaits something never leaves the gauge.
    if (pool.concurrency > pool.maxWorkers) return;
    assert(greatest <= plan.limit, `${greatest} were inside at once, under ${plan.limit}`);
  });
  await fc.assert(property, workerRuns(12));
});

Deno.test("WorkerPoolOptions.concurrency limits all flows together", async () => {
  const crowds = fc.array(plans({ failing: true, crowded: true, maxJobs: 10 }), {
    minLength: 2,
    maxLength: 4,
  });
  const property = fc.asyncProperty(
    crowds,
    fc.integer({ min: 1, max: 3 }),
    fc.integer({ min: 1, max: 9 }),
    async (all, maxWorkers, concurrency) => {
      await using pool = new WorkerPool({ maxWorkers, concurrency });
      const total = new Gauge();
      const rans = await Promise.all(all.map((plan) => runPlan(plan, pool, [], [total])));
      for (const [i, { greatest, jobs }] of rans.entries()) {
        const { limit = 0 } = all[i] ?? {};
        const overlap = greatestOverlap(jobs.flatMap(({ spans }) => spans));
        assert(Math.max(greatest, overlap) <= limit, `${greatest}, ${overlap} under ${limit}`);
      }
      const spans = rans.flatMap(({ jobs }) => jobs).flatMap(({ spans }) => spans);
      const together = Math.max(total.greatest, greatestOverlap(spans));
      assert(together <= concurrency, `${together} at once, under ${concurrency}`);
    },
  );
  await fc.assert(property, workerRuns(8));
});

law("FlowOptions.executionStrategy sequential executes one at a time", {
  maxWorkers: 3,
}, async (pool, plans) => {
  const property = fc.asyncProperty(plans({ failing: true, maxJobs: 8 }), async (plan) => {
    const options = { executionStrategy: "sequential" } as const;
    const { greatest, jobs } = await runPlan(plan, pool, [], [], options);
    assertEquals([greatest, greatestOverlap(jobs.flatMap(({ spans }) => spans))], [1, 1]);
  });
  await fc.assert(property, workerRuns(6));
});

Deno.test("greatestOverlap() counts only overlapping spans", () => {
  const span = (startedAt: number, endedAt: number) => ({ startedAt, endedAt });
  assertEquals(greatestOverlap([]), 0);
  assertEquals(greatestOverlap([span(0, 5), span(5, 9)]), 1);
  assertEquals(greatestOverlap([span(0, 5), span(4, 9), span(8, 12)]), 2);
  assertEquals(greatestOverlap([span(0, 9), span(1, 8), span(2, 3), span(4, 5)]), 3);
});
