// A job in detail, for the page: its numbers, its course, and its values as text of a bounded length. `routes.ts` asks
// for it with each request, and `valueAt` finds a value again that was shown cut off.

import type { ExecutionRecord } from "../engine/history_of.ts";
import type { Activation, JobEvent } from "../engine/job_event.ts";
import { serializeError } from "../data/serialized_error.ts";
import type { JobState } from "../flow/job_state.ts";
import { historyRecords } from "../run/history_records.ts";
import { type JobTrace, type TracedActivation, traceOf } from "../run/job_trace.ts";
import { payloadsOf } from "../run/payloads_of.ts";
import { rowOf } from "../run/row_of.ts";
import { RunModel } from "../run/run_model.ts";
import type { RunSource } from "../run/run_source.ts";
import type { JobRow } from "../run/run_snapshot.ts";
import type { HistoryRow, JobDetail, JobEventView, LogRow } from "./api.ts";
import { briefError, shownError } from "./shown_error.ts";
import { shownValue, type ValuePath } from "./shown_value.ts";

/** The numbers of activations, records, entries and values that are shown, of which the last are. */
const MAX_ACTIVATIONS = 5_000, MAX_HISTORY = 500, MAX_LOG = 500, MAX_FAILED = 50, MAX_KEYS = 1_000;

/** The number of characters of a value in a list. */
const MAX_LISTED = 600;

/**
 * Returns a job in detail.
 *
 * @param source The run.
 * @param job The job.
 * @param known The row of the job, if it is known.
 */
export function jobDetail(source: RunSource, job: JobState, known?: JobRow): JobDetail {
  const { jobId } = job;
  const events = source.eventsOf(jobId);
  const trace = traceOf(events) ?? emptyTrace(job);
  const failed = trace.activations.filter(hasFailed).slice(-MAX_FAILED);
  const payloads = payloadsOf(events, new Set(failed.map(({ activationId }) => activationId)));
  const error = job.error ?? undefined;
  const all = historyRecords(events);
  const log = job.sharedLog;
  return {
    row: known ?? foldedRow(source, events, jobId) ?? rowOf(job),
    counts: job.counts,
    trace: shownTrace(trace),
    omitted: Math.max(0, trace.activations.length - MAX_ACTIVATIONS),
    sharedData: Object.entries(job.sharedData).slice(0, MAX_KEYS).map(([key, value]) => ({
      key,
      value: shownValue(value, ["data", key]),
    })),
    routineStates: Object.entries(job.routineStates).slice(0, MAX_KEYS).map((
      [routineId, value],
    ) => ({ routineId, value: shownValue(value, ["state", routineId]) })),
    log: log.slice(-MAX_LOG).map((entry, i): LogRow => ({
      timestamp: entry.timestamp,
      routineId: entry.routineId,
      value: shownValue(entry.data, ["log", Math.max(0, log.length - MAX_LOG) + i], MAX_LISTED),
    })),
    failedPayloads: failed.flatMap(({ activationId }) => {
      const activation = payloads.get(activationId);
      if (activation === undefined) return [];
      const value = activation.dropped
        ? { text: "(dropped by the store)", length: 22 }
        : shownValue(activation.payload, ["payload", activationId]);
      return [{ activationId, value }];
    }),
    error: error && shownError(trace.error ?? serializeError(error)),
    history: historyRows(all),
    waitingFor: job.waitingFor.map(({ signal, routineId, since }) => ({
      signal,
      routineId,
      since,
    })),
  };
}

/** Returns a JobEvent for display. */
export function jobEventView(event: JobEvent): JobEventView {
  const { seq, at, type, jobId: _, ...rest } = event;
  const { activationId, routineId, ...fields } = rest as typeof rest & {
    readonly activationId?: string;
    readonly routineId?: string;
  };
  const value = shownValue(fields, ["event", seq], MAX_LISTED);
  return { seq, at, type, activationId, routineId, value };
}

/**
 * Finds a value of a job by its path.
 *
 * @returns The value in a list; `undefined` if there is none.
 */
export function valueAt(
  source: RunSource,
  job: JobState,
  [kind, name, index]: ValuePath,
): readonly [unknown] | undefined {
  switch (kind) {
    case "data":
      return fieldOf(job.sharedData, name);
    case "state":
      return fieldOf(job.routineStates, name);
    case "log":
      return typeof name === "number" ? partOf(job.sharedLog[name], "data") : undefined;
    case "payload": {
      const id = String(name);
      return partOf(payloadsOf(source.eventsOf(job.jobId), new Set([id])).get(id), "payload");
    }
    case "history": {
      const own = historyRecords(source.eventsOf(job.jobId)).filter(({ activationId }) =>
        activationId === name
      );
      return typeof index === "number" ? partOf(own[index], "data") : undefined;
    }
    case "event": {
      if (typeof name !== "number") return undefined;
      const event = source.eventsOf(job.jobId, Math.max(0, name - 1))[0];
      return event?.seq === name ? [event] : undefined;
    }
  }
}

function hasFailed({ outcome, attempts }: TracedActivation): boolean {
  return outcome === "failed" || outcome === "skipped" ||
    attempts.some((attempt) => attempt.outcome === "retried");
}

function foldedRow(
  source: RunSource,
  events: readonly JobEvent[],
  jobId: string,
): JobRow | undefined {
  const row = source.row?.(jobId);
  if (row !== undefined) return row;
  const model = new RunModel({ graph: source.graph });
  for (const event of events) model.fold(event, true);
  return model.row(jobId);
}

/** Returns the last activations of a trace, with short errors. */
function shownTrace(trace: JobTrace): JobTrace {
  return {
    ...trace,
    error: trace.error && briefError(trace.error),
    activations: trace.activations.slice(-MAX_ACTIVATIONS).map((one) => ({
      ...one,
      error: one.error && briefError(one.error),
      attempts: one.attempts.slice(-100).map((attempt) => ({
        ...attempt,
        error: attempt.error && briefError(attempt.error),
      })),
    })),
    waits: trace.waits.slice(-MAX_ACTIVATIONS),
  };
}

/** Returns the trace of a job whose events cannot be read any more. */
function emptyTrace({ jobId, flowId, status, createdAt, endedAt }: JobState): JobTrace {
  return {
    jobId,
    flowId,
    status,
    createdAt,
    lastAt: endedAt ?? createdAt,
    endedAt,
    error: undefined,
    activations: [],
    waits: [],
    isPartial: true,
  };
}

function historyRows(records: readonly ExecutionRecord[]): HistoryRow[] {
  const from = Math.max(0, records.length - MAX_HISTORY);
  // A value is found again by its index among the records of its activation, which does not change.
  const counts = new Map<string, number>();
  const rows: HistoryRow[] = [];
  for (const [i, record] of records.entries()) {
    const { activationId, data, ...rest } = record;
    const index = counts.get(activationId) ?? 0;
    counts.set(activationId, index + 1);
    if (i < from) continue;
    const shown = data && shownValue(data, ["history", activationId, index], MAX_LISTED);
    rows.push({ ...rest, activationId, data: shown });
  }
  return rows;
}

function fieldOf(
  fields: Readonly<Record<string, unknown>>,
  name: string | number | undefined,
): readonly [unknown] | undefined {
  return typeof name === "string" && Object.hasOwn(fields, name) ? [fields[name]] : undefined;
}

function partOf<Key extends string>(
  holder: { readonly [K in Key]?: unknown } | Activation | undefined,
  key: Key,
): readonly [unknown] | undefined {
  return holder === undefined ? undefined : [Reflect.get(holder, key)];
}
