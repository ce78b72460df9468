// Law 8: timestamps are epoch milliseconds with fraction, and spans measured in the workers are on
// the same time line as the host. Nothing here asks how long anything takes.

import { assert, assertEquals } from "@std/assert";
import type { ExecutionRecord, JobEvent, JobState } from "@millrace/flow";
import fc from "fast-check";
import { disturbances } from "./disturbances.ts";
import { law } from "./law.ts";
import { runPlan } from "./run_plan.ts";
import { workerRuns } from "./runs.ts";
import { greatestOverlap, SKEW } from "./spans.ts";

law(
  "JobState timestamps lie within the run",
  { maxWorkers: 3 },
  async (pool, plans) => {
    const property = fc.asyncProperty(
      plans({ failing: true, flushing: true }),
      disturbances,
      async (plan, disturbances) => {
        const { jobs, events, window: [begin, end] } = await runPlan(plan, pool, disturbances);
        const times = [...events.map(({ at }) => at), ...jobs.flatMap(timesOf)];
        const outside = times.filter((time) => !(time >= begin - SKEW && time <= end + SKEW));
        assertEquals(outside, [], `not between ${begin} and ${end}`);
      },
    );
    await fc.assert(property, workerRuns(6));
  },
);

law(
  "JobEvent.at never decreases over all jobs",
  { maxWorkers: 3 },
  async (pool, plans) => {
    const property = fc.asyncProperty(plans({ failing: true }), async (plan) => {
      const { events, jobs } = await runPlan(plan, pool);
      for (const stream of Map.groupBy(events, ({ jobId }) => jobId).values()) {
        assertOrdered(stream.map(({ at }) => at), 0);
      }
      assertOrdered(events.map(({ at }) => at), 0);
      for (const { executionHistory } of jobs) {
        assertOrdered(executionHistory.map(({ timestamp }) => timestamp), 0);
      }
    });
    await fc.assert(property, workerRuns(10));
  },
);

law(
  "JobState.executionHistory orders the records of an activation",
  { maxWorkers: 3 },
  async (pool, plans) => {
    const property = fc.asyncProperty(plans({ failing: true, flushing: true }), async (plan) => {
      const { jobs } = await runPlan(plan, pool);
      for (const { executionHistory } of jobs) {
        const byActivation = Map.groupBy(executionHistory, ({ activationId }) => activationId);
        for (const records of byActivation.values()) {
          const [queued] = timesOfEvent(records, "queued");
          const [started = Infinity] = timesOfEvent(records, "started");
          const [ended = Infinity] = timesOfEvent(records, "completed", "failed");
          const emitted = timesOfEvent(records, "emitted");
          // A dropped activation never started.
          if (started === Infinity) continue;
          assert(
            queued !== undefined && queued <= started + SKEW,
            "it started before it was queued",
          );
          assertOrdered([started, ...emitted, ended], 0);
        }
      }
    });
    await fc.assert(property, workerRuns(6));
  },
);

law(
  "Span lies within the host's times",
  { maxWorkers: 3 },
  async (pool, plans) => {
    const property = fc.asyncProperty(plans({ failing: true, lenient: true }), async (plan) => {
      const { jobs, events } = await runPlan(plan, pool);
      for (
        const { activationId, attempt, startedAt, endedAt } of jobs.flatMap(({ spans }) => spans)
      ) {
        const [queued, ended] = hostTimes(events, activationId, attempt);
        assertOrdered([queued, startedAt, endedAt, ended], SKEW);
      }
    });
    await fc.assert(property, workerRuns(5));
  },
);

law("Span overlap never exceeds a worker's strands", {
  maxWorkers: 3,
}, async (pool, plans) => {
  const strands = pool.concurrency / pool.maxWorkers;
  const property = fc.asyncProperty(plans(), async (plan) => {
    const { jobs } = await runPlan(plan, pool);
    const spans = jobs.flatMap(({ spans }) => spans);
    for (const { startedAt, endedAt } of spans) assertOrdered([startedAt, endedAt], 0);
    for (const own of Map.groupBy(spans, ({ workerId }) => workerId).values()) {
      const overlap = greatestOverlap(own, 0);
      assert(overlap <= strands, `${overlap} overlap on ${strands} strands`);
    }
  });
  await fc.assert(property, workerRuns(5));
});

law(
  "LogEntry.timestamp is the time of its append",
  { maxWorkers: 2 },
  async (pool, plans) => {
    const property = fc.asyncProperty(plans({ flushing: true, maxJobs: 8 }), async (plan) => {
      const { jobs } = await runPlan(plan, pool);
      for (const { sharedLog, spans } of jobs) {
        const byActivation = new Map(spans.map((span) => [span.activationId, span]));
        for (const { timestamp, activationId } of sharedLog) {
          const { startedAt = NaN, endedAt = NaN } = byActivation.get(activationId) ?? {};
          assertOrdered([startedAt, timestamp, endedAt], 0);
        }
      }
    });
    await fc.assert(property, workerRuns(5));
  },
);

function timesOf(job: JobState): number[] {
  const { createdAt, startedAt = NaN, endedAt = NaN, sharedLog, executionHistory, spans } = job;
  return [
    ...[createdAt, startedAt, endedAt],
    ...[...sharedLog, ...executionHistory].map(({ timestamp }) => timestamp),
    ...spans.flatMap(({ startedAt, endedAt }) => [startedAt, endedAt]),
  ];
}

function timesOfEvent(
  records: readonly ExecutionRecord[],
  ...events: readonly ExecutionRecord["event"][]
): number[] {
  return records.filter(({ event }) => events.includes(event)).map(({ timestamp }) => timestamp);
}

/** Returns the host's times of the queueing of an activation and of the end of an attempt at it. */
function hostTimes(events: readonly JobEvent[], id: string, attempt: number): [number, number] {
  const queued = events.find((event) =>
    "queued" in event && event.queued.some(({ activationId }) => activationId === id) ||
    event.type === "job_started" && event.activation.activationId === id
  );
  const own = events.filter((event) =>
    "attempt" in event && event.activationId === id && event.attempt === attempt
  );
  return [queued?.at ?? NaN, own.at(-1)?.at ?? NaN];
}

function assertOrdered(times: readonly number[], slack: number): void {
  const back = times.findIndex((time, i) => !(time >= (times[i - 1] ?? -Infinity) - slack));
  assert(back < 0, `the time goes back from ${times[back - 1]} to ${times[back]}`);
}
