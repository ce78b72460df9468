// Law 4: every job ends exactly once, and every promise handed out settles.

import { assertEquals, assertThrows } from "@std/assert";
import type { JobEvent } from "@millrace/flow";
import { ClosedError } from "@millrace/flow/errors";
import { WorkerPool } from "@millrace/flow/pool";
import fc from "fast-check";
import { parcelOf } from "./behaviour.ts";
import { disturbances } from "./disturbances.ts";
import { type Expectation, expectationOf } from "./oracle.ts";
import { law } from "./law.ts";
import { plans } from "./plan.ts";
import { flowOf, runPlan } from "./run_plan.ts";
import { workerRuns } from "./runs.ts";

law("Flow ends every job exactly once", {
  maxWorkers: 3,
  grace: 50,
}, async (pool, plans) => {
  const property = fc.asyncProperty(
    plans({ failing: true, dying: true, flushing: true, lenient: true }),
    disturbances,
    async (plan, disturbances) => {
      const { jobs, events } = await runPlan(plan, pool, disturbances);
      const streams = Map.groupBy(events, ({ jobId }) => jobId);
      for (const { jobId, status, counts } of jobs) {
        const stream = streams.get(jobId) ?? [];
        assertEquals(stream.filter(isEnd).map(({ type }) => type), [`job_${status}`]);
        assertEquals(stream.at(-1)?.type, `job_${status}`, "nothing comes after the end");
        const { queued, executing, completed, failed, skipped, cancelled, known } = counts;
        assertEquals([queued, executing], [0, 0]);
        assertEquals(completed + failed + skipped + cancelled, known);
      }
    },
  );
  await fc.assert(property, workerRuns(12));
});

law(
  "Flow reaches the expected outcome of each job",
  { maxWorkers: 3 },
  async (pool, plans) => {
    const lenient = plans({ failing: true, dying: true, flushing: true, lenient: true });
    const property = fc.asyncProperty(lenient, async (plan) => {
      const { jobs } = await runPlan(plan, pool);
      const expected = plan.jobs.map((job) => expectationOf(plan, job));
      for (const [i, { status, counts, errors }] of jobs.entries()) {
        const { outcome, completed, failed, skipped, retries, unrouted } =
          expected[i] as Expectation;
        assertEquals(status, outcome);
        if (outcome === "failed") continue;
        const ends = { completed, failed, skipped, retries, unrouted };
        assertEquals({ ...counts, ...ends }, counts);
        assertEquals(errors.length, failed + skipped);
      }
    });
    await fc.assert(property, workerRuns(8));
  },
);

law(
  "Flow ends a job with its last commit",
  { maxWorkers: 2 },
  async (pool, plans) => {
    const property = fc.asyncProperty(plans({ maxJobs: 8 }), async (plan) => {
      const { jobs, events } = await runPlan(plan, pool);
      for (const { jobId, endedAt } of jobs) {
        const [commit, end] = events.filter((event) => event.jobId === jobId).slice(-2);
        assertEquals([commit?.type, end?.type], ["activation_completed", "job_completed"]);
        assertEquals([commit?.at, end?.at], [endedAt, endedAt]);
      }
    });
    await fc.assert(property, workerRuns(6));
  },
);

law(
  "Flow.close() ends unfinished jobs",
  { maxWorkers: 2, grace: 50 },
  async (pool, plans) => {
    const property = fc.asyncProperty(plans({ maxJobs: 10 }), async (plan) => {
      const flow = flowOf(plan, pool);
      const jobs = plan.jobs.map(({ budget, tag }) => flow.start("r0.a", parcelOf(budget, tag)));
      const waiting = jobs.map((job) => job.waitForCompletion());
      await flow.close();
      await Promise.all(waiting);
      assertEquals([...new Set(jobs.map(({ status }) => status))], ["cancelled"]);
    });
    await fc.assert(property, workerRuns(5));
  },
);

Deno.test("Flow.start() throws once the pool is closed", async () => {
  const pool = new WorkerPool({ maxWorkers: 1 });
  const [plan] = fc.sample(plans({ maxRoutines: 2 }), { numRuns: 1, seed: 1 });
  if (plan === undefined) throw new Error("no plan");
  await using flow = flowOf(plan, pool);
  await flow.execute("r0.a", parcelOf(1, 1));
  await pool.close();
  assertThrows(() => flow.start("r0.a", parcelOf(1, 1)), ClosedError);
});

function isEnd({ type }: JobEvent): boolean {
  return type === "job_completed" || type === "job_failed" || type === "job_cancelled";
}
