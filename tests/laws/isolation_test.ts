// Law 2: a job sees its own state alone; a payload is a copy.

import { assertEquals } from "@std/assert";
import { WorkerPool } from "@millrace/flow/pool";
import fc from "fast-check";
import { parcelOf } from "./behaviour.ts";
import { expectationOf } from "./oracle.ts";
import { law } from "./law.ts";
import { jobId, type Plan, plans } from "./plan.ts";
import { flowOf, runPlan } from "./run_plan.ts";
import { workerRuns } from "./runs.ts";
import { keyOf, unitsIn } from "./units.ts";

law(
  "Flow completes each job as if alone",
  { maxWorkers: 2 },
  async (pool, plans) => {
    await fc.assert(
      fc.asyncProperty(plans({ scribbling: true }), async (plan) => {
        const { jobs } = await runPlan(plan, pool);
        for (const [i, job] of jobs.entries()) {
          const alone = plan.jobs[i];
          if (alone === undefined) continue;
          const expected = expectationOf(plan, alone);
          const tags = job.sharedLog.map(({ data }) => (data as { tag: number }).tag);
          // A routine throws where it finds that somebody changed what it was sent.
          assertEquals([job.status, job.error], ["completed", undefined]);
          assertEquals(tags.sort((a, b) => a - b), expected.tags);
          const { completed, unrouted } = job.counts;
          assertEquals([completed, unrouted], [expected.completed, expected.unrouted]);
        }
      }),
      workerRuns(12),
    );
  },
);

Deno.test("Flow copies a payload for each receiver", async () => {
  await using pool = new WorkerPool({ maxWorkers: 1 });
  const still = { failsOn: 0, diesOn: 0, healsAt: 1, takesMs: 0, spins: false, flushes: false };
  const usual = { ...still, policy: {}, scribbles: true };
  const plan: Plan = {
    routines: [
      { ...usual, emits: ["x"], receivers: { x: 2, y: 0 } },
      { ...usual, emits: [], receivers: { x: 0, y: 0 } },
    ],
    wires: [
      { from: 0, event: "x", to: 1, slot: "a" },
      { from: 0, event: "x", to: 1, slot: "b" },
    ],
    jobs: [{ routine: 0, slot: "a", budget: 3, tag: 1 }],
    limit: 1,
    workers: 1,
  };
  const { jobs: [job] } = await runPlan(plan, pool);
  assertEquals([job?.error, job?.counts.completed], [undefined, 3]);
});

law("Flow isolates the effects of each job", { maxWorkers: 2 }, async (pool, plans) => {
  await fc.assert(
    fc.asyncProperty(plans({ failing: true, flushing: true }), async (plan) => {
      const { jobs } = await runPlan(plan, pool);
      for (const job of jobs) {
        const { data, log, states } = unitsIn(job);
        const strangers = [...data, ...log, ...states].filter((unit) =>
          !unit.startsWith(`${job.jobId}/`)
        );
        assertEquals(strangers, []);
        for (const unit of data) {
          assertEquals((job.sharedData[keyOf(unit)] as { jobId: string }).jobId, job.jobId);
        }
      }
    }),
    workerRuns(8),
  );
});

law(
  "Flow.start() copies its payload",
  { maxWorkers: 2 },
  async (pool, plans) => {
    await fc.assert(
      fc.asyncProperty(plans({ maxRoutines: 5, maxJobs: 5 }), async (plan) => {
        await using flow = flowOf(plan, pool);
        const jobs = plan.jobs.map(({ routine, slot, budget, tag }, i) => {
          const payload = parcelOf(budget, tag);
          const job = flow.start(`r${routine}.${slot}`, payload, { jobId: jobId(i) });
          payload.content.list.push(-1);
          payload.content.bytes.fill(0);
          return job;
        });
        for (const job of jobs) assertEquals((await job.waitForCompletion()).error, undefined);
      }),
      workerRuns(5),
    );
  },
);

Deno.test("JobState hands out copies only", async () => {
  await using pool = new WorkerPool({ maxWorkers: 1 });
  const [plan] = fc.sample(plans({ maxRoutines: 3, maxJobs: 1 }), { numRuns: 1, seed: 7 });
  if (plan === undefined) throw new Error("no plan");
  await using flow = flowOf(plan, pool);
  const job = await flow.execute("r0.a", parcelOf(3, 1));
  const before = JSON.stringify(job);
  const { sharedData, sharedLog, routineStates, executionHistory, spans } = job;
  const given = [sharedData, routineStates, routineStates.r0, executionHistory[0], sharedLog[0]];
  for (const object of [...given, spans[0]]) {
    for (const key of Object.keys(object ?? {})) Reflect.set(object ?? {}, key, "changed");
  }
  for (const list of [sharedLog, executionHistory, spans]) Reflect.set(list, "length", 0);
  assertEquals(JSON.stringify(job), before);
});
