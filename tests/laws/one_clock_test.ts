// Law 8: timestamps are epoch milliseconds with fraction, and spans measured in the workers are on
// the same time line as the host. Nothing here asks how long anything takes.

import { assert, assertEquals } from "@std/assert";
import type { ExecutionRecord, JobEvent, JobState } from "@millrace/flow";
import { disturbances } from "./disturbances.ts";
import { type Generate, laws } from "./law.ts";
import { greatestOverlap, SKEW } from "./spans.ts";

const runs = {
  options: { maxWorkers: 3 },
  count: 12,
  flows: (plans: Generate) => plans({ failing: true, flushing: true, lenient: true }),
  disturbances,
};

laws(runs, {
  "JobState timestamps lie within the run"({ jobs, events, window: [begin, end] }) {
    const times = [...events.map(({ at }) => at), ...jobs.flatMap(timesOf)];
    const outside = times.filter((time) => !(time >= begin - SKEW && time <= end + SKEW));
    assertEquals(outside, [], `not between ${begin} and ${end}`);
  },

  "JobEvent.at never decreases over all jobs"({ events, jobs }) {
    for (const stream of Map.groupBy(events, ({ jobId }) => jobId).values()) {
      assertOrdered(stream.map(({ at }) => at), 0);
    }
    assertOrdered(events.map(({ at }) => at), 0);
    for (const { executionHistory } of jobs) {
      assertOrdered(executionHistory.map(({ timestamp }) => timestamp), 0);
    }
  },

  "JobState.executionHistory orders the records of an activation"({ jobs }) {
    for (const { executionHistory } of jobs) {
      const byActivation = Map.groupBy(executionHistory, ({ activationId }) => activationId);
      for (const records of byActivation.values()) {
        const [queued] = timesOfEvent(records, "queued");
        const [started = Infinity] = timesOfEvent(records, "started");
        const ended = timesOfEvent(records, "completed", "failed").at(-1) ?? Infinity;
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
  },

  "Span lies within the host's times"({ jobs, events }) {
    for (
      const { activationId, attempt, startedAt, endedAt } of jobs.flatMap(({ spans }) => spans)
    ) {
      const [queued, ended] = hostTimes(events, activationId, attempt);
      assertOrdered([queued, startedAt, endedAt, ended], SKEW);
    }
  },

  "Span overlap never exceeds a worker's strands"({ jobs, strands }) {
    const spans = jobs.flatMap(({ spans }) => spans);
    for (const { startedAt, endedAt } of spans) assertOrdered([startedAt, endedAt], 0);
    for (const own of Map.groupBy(spans, ({ workerId }) => workerId).values()) {
      const overlap = greatestOverlap(own, 0);
      assert(overlap <= strands, `${overlap} overlap on ${strands} strands`);
    }
  },

  "LogEntry.timestamp is the time of its append"({ jobs }) {
    for (const { sharedLog, spans } of jobs) {
      const byActivation = Map.groupBy(spans, ({ activationId }) => activationId);
      for (const { timestamp, activationId } of sharedLog) {
        const attempts = byActivation.get(activationId) ?? [];
        assert(
          attempts.some(({ startedAt, endedAt }) => startedAt <= timestamp && timestamp <= endedAt),
          `${activationId} appended at ${timestamp}, in no attempt`,
        );
      }
    }
  },
});

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
    event.type === "job_started" && event.activation?.activationId === id
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
