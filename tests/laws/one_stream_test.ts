// Law 6: every change to a JobState is a JobEvent, and folding the stream again gives an equal
// JobState.

import { assert, assertEquals } from "@std/assert";
import { Flow, type JobEvent, type JobState } from "@millrace/flow";
import { replay } from "@millrace/flow/events";
import fc from "fast-check";
import { disturbances } from "./disturbances.ts";
import { type Generate, law, laws } from "./law.ts";
import { movingSink, movingSource } from "./moving_routines.ts";
import { runPlan } from "./run_plan.ts";
import { workerRuns } from "./runs.ts";

const runs = {
  options: { maxWorkers: 3, grace: 50 },
  count: 10,
  flows: (plans: Generate) => plans({ failing: true, dying: true, flushing: true, lenient: true }),
  disturbances,
};

laws(runs, {
  "replay() restores an equal JobState"({ jobs, events }) {
    const streams = Map.groupBy(events, ({ jobId }) => jobId);
    for (const job of jobs) assertSame(replay(streams.get(job.jobId) ?? []), job);
  },

  "replay() restores a JobState from cloned events"({ jobs, events }) {
    const streams = Map.groupBy(structuredClone(events), ({ jobId }) => jobId);
    for (const job of jobs) assertSame(replay(streams.get(job.jobId) ?? []), job);
  },

  "Flow.events() yields every JobEvent once in order"({ jobs, events }) {
    assertEquals(new Set(events.map(({ jobId }) => jobId)).size, jobs.length);
    for (const stream of Map.groupBy(events, ({ jobId }) => jobId).values()) {
      assertEquals(stream.map(({ seq }) => seq), stream.map((_, i) => i + 1));
    }
  },
});

law(
  "JobState.executionHistory covers every activation",
  { maxWorkers: 3 },
  async (pool, plans) => {
    const property = fc.asyncProperty(
      plans({ failing: true, flushing: true }),
      disturbances,
      async (plan, disturbances) => {
        const { jobs } = await runPlan(plan, pool, disturbances);
        for (const { executionHistory, spans, counts } of jobs) {
          const recordsOf = (event: string) =>
            executionHistory.filter((record) => record.event === event);
          assertEquals(recordsOf("queued").length, counts.known);
          assertEquals(recordsOf("completed").length, counts.completed);
          assertEquals(recordsOf("failed").length, counts.failed);
          assertEquals(recordsOf("cancelled").length, counts.cancelled);
          for (const { activationId, attempt, startedAt, endedAt } of spans) {
            const own = executionHistory.filter((record) =>
              record.activationId === activationId && record.attempt === attempt
            );
            const times = own.map(({ timestamp }) => timestamp);
            assertEquals([own[0]?.event, times[0], times.at(-1)], ["started", startedAt, endedAt]);
          }
        }
      },
    );
    await fc.assert(property, workerRuns(5));
  },
);

Deno.test("replay() restores a job with moved payloads", async () => {
  await using flow = new Flow({ maxWorkers: 1 })
    .add("source", movingSource)
    .add("sink", movingSink)
    .connect("source.bytes", "sink.bytes");
  const events: JobEvent[] = [];
  const listening = (async () => {
    for await (const event of flow.events()) events.push(event);
  })();
  const job = await flow.execute("source.size", 16);
  await flow.close();
  await listening;
  assertEquals([job.status, job.sharedData.received], ["completed", 16]);
  assert(job.executionHistory.some(({ event }) => event === "emitted"));
  assertSame(replay(events), job);
});

/** Compares everything that two JobStates show. */
function assertSame(again: JobState, job: JobState): void {
  assertEquals(shown(again), shown(job));
  assertEquals(String(again.error), String(job.error));
  assertEquals(JSON.stringify(again), JSON.stringify(job));
}

function shown(job: JobState) {
  const { jobId, flowId, status, createdAt, startedAt, endedAt, counts } = job;
  const { sharedData, sharedLog, routineStates, executionHistory, spans, executing } = job;
  return {
    ...{ jobId, flowId, status, createdAt, startedAt, endedAt, counts },
    ...{ sharedData, sharedLog, routineStates, executionHistory, spans, executing },
  };
}
