// Law 3: an activation's effects become visible together when it commits, or not at all.

import { assert, assertEquals } from "@std/assert";
import type { JobEvent } from "@millrace/flow";
import fc from "fast-check";
import { apply, fold } from "../../src/engine/apply.ts";
import type { Job } from "../../src/engine/job.ts";
import { disturbances } from "./disturbances.ts";
import { law } from "./law.ts";
import { runPlan } from "./run_plan.ts";
import { workerRuns } from "./runs.ts";
import { unitOf, unitsIn } from "./units.ts";

law(
  "Flow commits an activation's effects atomically",
  { maxWorkers: 3 },
  async (pool, plans) => {
    const property = fc.asyncProperty(
      plans({ failing: true, flushing: true, lenient: true, maxJobs: 8 }),
      disturbances,
      async (plan, disturbances) => {
        const { jobs } = await runPlan(plan, pool, disturbances);
        for (const job of jobs) {
          const { data, log, states, counted } = unitsIn(job);
          assertEquals([log, states, counted], [data, data, data.length], job.jobId);
        }
      },
    );
    await fc.assert(property, workerRuns(8));
  },
);

law(
  "Flow.events() shows only whole activations",
  { maxWorkers: 3 },
  async (pool, plans) => {
    const property = fc.asyncProperty(
      plans({ failing: true, flushing: true, maxJobs: 6, maxBudget: 12 }),
      async (plan) => {
        const { events } = await runPlan(plan, pool);
        for (const stream of streams(events)) {
          const [start, ...rest] = stream;
          const job = fold(start === undefined ? [] : [start]);
          for (const event of rest) {
            apply(job, event);
            const { data, log, states, counted } = unitsOf(job);
            assertEquals([log, states, counted], [data, data, data.length], event.type);
          }
        }
      },
    );
    await fc.assert(property, workerRuns(6));
  },
);

law("Flow leaves no effects of failed attempts", {
  maxWorkers: 3,
  grace: 50,
}, async (pool, plans) => {
  const property = fc.asyncProperty(
    plans({ failing: true, dying: true, lenient: true, maxJobs: 6 }),
    disturbances,
    async (plan, disturbances) => {
      const { jobs, events } = await runPlan(plan, pool, disturbances);
      for (const [i, stream] of streams(events).entries()) {
        const { data } = unitsIn(jobs[i] ?? { sharedData: {}, sharedLog: [], routineStates: {} });
        const ended = stream.flatMap((event) => event.type === "activation_completed" ? event : []);
        const committed = ended.map(({ activationId }) => unitOf(activationId, "late"));
        assertEquals(data, committed.sort(), jobs[i]?.jobId);
        const records = jobs[i]?.executionHistory ?? [];
        const emitted = records.filter(({ event }) => event === "emitted");
        const known = new Set(ended.map(({ activationId }) => activationId));
        assert(emitted.every(({ activationId }) => known.has(activationId)));
      }
    },
  );
  await fc.assert(property, workerRuns(8));
});

/** The streams of the jobs, in the order of their starts. */
function streams(events: readonly JobEvent[]): JobEvent[][] {
  return [...Map.groupBy(events, ({ jobId }) => jobId).values()];
}

function unitsOf({ sharedData, sharedLog, routineStates }: Job) {
  return unitsIn({
    sharedData: Object.fromEntries(sharedData),
    sharedLog,
    routineStates: Object.fromEntries(routineStates ?? []),
  });
}
