// Laws 1, 4 and 8 where the workers are processes, which share no memory with the test: no gauge counts there.

import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import { now } from "../../src/data/clock.ts";
import { processes, startProcess } from "../pool/process_worker.ts";
import { parcelOf } from "./behaviour.ts";
import { law } from "./law.ts";
import { expectationOf } from "./oracle.ts";
import { jobId, routineId } from "./plan.ts";
import { flowOf } from "./run_plan.ts";
import { workerRuns } from "./runs.ts";
import { greatestOverlap } from "./spans.ts";

law("Flow of processes reaches the expected outcome of each job", {
  maxWorkers: 3,
  startWorker: startProcess,
}, async (pool, plans) => {
  const lenient = plans({ failing: true, dying: true, flushing: true, lenient: true, maxJobs: 6 });
  const property = fc.asyncProperty(lenient, async (plan) => {
    await using flow = flowOf(plan, pool);
    const begin = now();
    const jobs = plan.jobs.map(({ routine, slot, budget, tag }, i) =>
      flow.start(`${routineId(routine)}.${slot}`, parcelOf(budget, tag), { jobId: jobId(i) })
    );
    await Promise.all(jobs.map((job) => job.waitForCompletion()));
    const end = now();
    const spans = jobs.flatMap(({ spans }) => spans);
    assert(greatestOverlap(spans) <= plan.limit);
    for (const { startedAt, endedAt } of spans) {
      assert(begin <= startedAt && startedAt <= endedAt && endedAt <= end);
    }
    for (const [i, { status, counts }] of jobs.entries()) {
      const { outcome, completed, failed, skipped, retries } = expectationOf(
        plan,
        plan.jobs[i] as typeof plan.jobs[number],
      );
      assertEquals(status, outcome);
      if (outcome === "failed") continue;
      assertEquals({ ...counts, completed, failed, skipped, retries }, counts);
    }
  });
  await fc.assert(property, workerRuns(4));
  await pool.close();
  assertEquals(processes.size, 0);
});
