import type { HistoryRow, JobDetail, JobEventView, ShownValue } from "../../src/dashboard/api.ts";
import type { JobTrace } from "../../src/run/job_trace.ts";
import { sampleRow } from "./sample_snapshot.ts";

/** Returns a job of the sample run in detail. */
export function sampleDetail(trace: JobTrace): JobDetail {
  const row = sampleRow(trace);
  const { activations, error } = trace;
  const failed = activations.filter(({ attempts }) => attempts.some(({ error }) => error));
  return {
    row,
    counts: {
      queued: row.queued,
      executing: row.executing,
      completed: row.completed,
      failed: row.failed,
      skipped: 0,
      cancelled: row.cancelled,
      known: activations.length,
      retries: row.retried,
      withdrawn: 0,
      unrouted: 0,
      logEntries: Math.min(8, activations.length),
      events: sampleEvents(trace).length,
    },
    trace,
    omitted: 0,
    sharedData: [
      { key: "station", value: shownValue({ id: "north-4", altitude: 412, unit: "m" }) },
      { key: "processed", value: shownValue(row.completed) },
    ],
    routineStates: [
      { routineId: "enrich", value: shownValue({ cache: { hits: 12, misses: 3 } }) },
      { routineId: "classify", value: shownValue({ lastValue: 21.7, alarms: 1 }) },
    ],
    log: activations.slice(0, 8).map(({ routineId, queuedAt }, index) => ({
      timestamp: queuedAt,
      routineId,
      value: shownValue({ action: "data_processed", index }),
    })),
    failedPayloads: failed.map(({ activationId }) => ({
      activationId,
      value: shownValue({ sensor: "t-17", value: 21.7, unit: "°C", at: trace.createdAt }),
    })),
    error,
    history: historyOf(trace),
    waits: [],
    omittedWaits: 0,
    waitingFor: trace.waits.filter(({ outcome }) => outcome === "waiting"),
  };
}

/** Returns a value for display, as the server does. */
export function shownValue(value: unknown): ShownValue {
  const text = JSON.stringify(value, null, 2);
  return { text, length: text.length };
}

/** Returns JobEvents of a job, in order. */
export function sampleEvents({ activations }: JobTrace): JobEventView[] {
  const events = activations.flatMap(({ activationId, routineId, slot, queuedAt, attempts }) => [
    {
      at: queuedAt,
      type: "activation_queued",
      activationId,
      routineId,
      value: shownValue({ slot }),
    },
    ...attempts.map(({ startedAt, attempt, workerId }) => ({
      at: startedAt,
      type: "activation_started",
      activationId,
      routineId,
      value: shownValue({ attempt, workerId }),
    })),
  ]);
  return events.sort((a, b) => a.at - b.at).map((event, index) => ({ seq: index + 1, ...event }));
}

function historyOf({ activations }: JobTrace): HistoryRow[] {
  return activations.flatMap(({ activationId, routineId, slot, attempts }) =>
    attempts.map(({ attempt, startedAt, endedAt = startedAt, outcome, workerId, error }) => ({
      timestamp: endedAt,
      event: outcome,
      routineId,
      slot,
      activationId,
      attempt,
      workerId,
      data: error === undefined ? undefined : shownValue(error),
    }))
  ).sort((a, b) => a.timestamp - b.timestamp);
}
