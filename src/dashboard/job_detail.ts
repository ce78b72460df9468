// A job in detail, for the page: its numbers, its course, and its values as text of a bounded length. `routes.ts` asks
// for it with each request, and `valueAt` finds a value again that was shown cut off.
//
// The flow shares the thread and must not wait, so the cost does not grow with the job: only its last events are read,
// nothing is copied, and the work is divided into slices.

import type { ExecutionRecord } from "../engine/history_of.ts";
import type { Activation, JobEvent } from "../engine/job_event.ts";
import { serializeError } from "../data/serialized_error.ts";
import type { JobState } from "../flow/job_state.ts";
import { historyRecords } from "../run/history_records.ts";
import { lastEvents } from "../run/last_events.ts";
import type { JobTrace, TracedActivation } from "../run/job_trace.ts";
import { traceOf } from "../run/trace_of.ts";
import { payloadsOf } from "../run/payloads_of.ts";
import { rowOf } from "../run/row_of.ts";
import { RunModel } from "../run/run_model.ts";
import type { RunSource } from "../run/run_source.ts";
import { valuesOf } from "../run/values_of.ts";
import { mostWaits, recordedWaits } from "../run/with_waits.ts";
import type { JobRow } from "../run/run_snapshot.ts";
import type { HistoryRow, JobDetail, JobEventView, LogRow, ShownValue } from "./api.ts";
import { briefError, shownError } from "./shown_error.ts";
import { shownValue, type ValuePath } from "./shown_value.ts";
import { Slices } from "./slices.ts";

/** The numbers of activations, records, entries and values that are shown, of which the last are. */
const MAX_ACTIVATIONS = 5_000, MAX_HISTORY = 500, MAX_LOG = 500, MAX_FAILED = 50, MAX_KEYS = 1_000;

/** The number of waits that are shown, of which those of most activations are. */
const MAX_WAITS = 50;

/**
 * The size of the events from which the course and the history of a job are derived, of which the last are: their
 * number, with the payloads that they emit and the activations that they queue.
 */
const MAX_EVENTS = 20_000;

/** The number of characters of a value in a list. */
const MAX_LISTED = 600;

/** The number of characters that are counted in all values together. */
const MAX_COUNTED = 1_000_000;

/** The payload of an activation that was queued before the events that are read. */
const EARLIER = "(emitted earlier)";

/**
 * Returns a job in detail, as it was at the time of the call.
 *
 * @param source The run.
 * @param job The job.
 * @param known The row of the job, if it is known.
 */
export async function jobDetail(
  source: RunSource,
  job: JobState,
  known?: JobRow,
): Promise<JobDetail> {
  const { jobId, counts, waitingFor, error } = job;
  const waits = source.flow === undefined ? recordedWaits(job.waits) : job.waits;
  const values = valuesOf(job);
  const data = fieldsOf(values.sharedData);
  const states = fieldsOf(values.routineStates);
  const omittedEntries = Math.max(0, values.sharedLog.length - MAX_LOG);
  const log = values.sharedLog.slice(omittedEntries);
  const read = source.eventsOf(jobId, Math.max(0, counts.events - MAX_EVENTS));
  const events = lastEvents(read, MAX_EVENTS);
  const isCut = counts.events > MAX_EVENTS || events.length < read.length;
  const row = known ?? (isCut ? undefined : foldedRow(source, events, jobId)) ?? rowOf(job);

  const slices = new Slices();
  await slices.next();
  const trace = traceOf(events) ?? emptyTrace(job);
  const failed = trace.activations.filter(hasFailed).slice(-MAX_FAILED);
  const payloads = payloadsOf(events, new Set(failed.map(({ activationId }) => activationId)));
  await slices.next();
  const history = historyRecords(events);
  await slices.next();

  let left = MAX_COUNTED;
  const shown = async (value: unknown, path: ValuePath, max?: number): Promise<ShownValue> => {
    if (slices.isOver) await slices.next();
    const text = shownValue(value, path, max, left);
    left -= text.length;
    return text;
  };
  return {
    row,
    counts,
    trace: isCut ? { ...shownTrace(trace), ...startOf(job) } : shownTrace(trace),
    omitted: Math.max(
      0,
      (isCut ? counts.known : trace.activations.length) -
        Math.min(trace.activations.length, MAX_ACTIVATIONS),
    ),
    sharedData: await rows(data, async ([key, value]) => ({
      key,
      value: await shown(value, ["data", key]),
    })),
    routineStates: await rows(states, async ([routineId, value]) => ({
      routineId,
      value: await shown(value, ["state", routineId]),
    })),
    log: await rows(log, async ({ timestamp, routineId, data }, i): Promise<LogRow> => ({
      timestamp,
      routineId,
      value: await shown(data, ["log", omittedEntries + i], MAX_LISTED),
    })),
    failedPayloads: await rows(failed, async ({ activationId }) => {
      const activation = payloads.get(activationId);
      const path: ValuePath = ["payload", activationId];
      if (activation === undefined) {
        const more = JSON.stringify(path);
        return { activationId, value: { text: EARLIER, length: EARLIER.length, more } };
      }
      if (activation.dropped) {
        return { activationId, value: { text: "(dropped by the store)", length: 22 } };
      }
      return { activationId, value: await shown(activation.payload, path) };
    }),
    error: error && shownError(trace.error ?? serializeError(error)),
    history: await historyRows(history, (events[0]?.seq ?? 1) - 1, shown),
    waits: mostWaits(waits, MAX_WAITS),
    omittedWaits: Math.max(0, waits.length - MAX_WAITS),
    waitingFor: waitingFor.map(({ signal, routineId, since }) => ({ signal, routineId, since })),
  };
}

/** Converts items to rows, one after the other. */
async function rows<Item, Row>(
  items: readonly Item[],
  rowOf: (item: Item, index: number) => Promise<Row>,
): Promise<Row[]> {
  const all: Row[] = [];
  for (const [i, item] of items.entries()) all.push(await rowOf(item, i));
  return all;
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
  [kind, name, index, after = 0]: ValuePath,
): readonly [unknown] | undefined {
  const values = valuesOf(job);
  switch (kind) {
    case "data":
      return fieldOf(values.sharedData, name);
    case "state":
      return fieldOf(values.routineStates, name);
    case "log":
      return typeof name === "number" ? partOf(values.sharedLog[name], "data") : undefined;
    case "payload": {
      const id = String(name);
      return partOf(payloadsOf(source.eventsOf(job.jobId), new Set([id])).get(id), "payload");
    }
    case "history": {
      const events = source.eventsOf(job.jobId, Number(after)).slice(0, MAX_EVENTS);
      const own = historyRecords(events).filter(({ activationId }) => activationId === name);
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

/** Returns the start of a job, which is not among the last events of a long one. */
function startOf({ flowId, createdAt }: JobState): Partial<JobTrace> {
  return { flowId, createdAt, isPartial: false };
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

/**
 * Returns the last records of a history as rows.
 *
 * @param records The records.
 * @param after The number of the event after which they begin.
 * @param shown Shows a value.
 */
function historyRows(
  records: readonly ExecutionRecord[],
  after: number,
  shown: (value: unknown, path: ValuePath, max: number) => Promise<ShownValue>,
): Promise<HistoryRow[]> {
  // A value is found again by its index among the records of its activation, which does not change.
  const counts = new Map<string, number>();
  const indexes = records.map(({ activationId }) => {
    const index = counts.get(activationId) ?? 0;
    counts.set(activationId, index + 1);
    return index;
  });
  const from = Math.max(0, records.length - MAX_HISTORY);
  return rows(records.slice(from), async (record, i): Promise<HistoryRow> => {
    const { activationId, data, ...rest } = record;
    if (data === undefined) return { ...rest, activationId };
    const path: ValuePath = ["history", activationId, indexes[from + i]!, after];
    return { ...rest, activationId, data: await shown(data, path, MAX_LISTED) };
  });
}

function fieldsOf(fields: Readonly<Record<string, unknown>>): (readonly [string, unknown])[] {
  const keys = Object.keys(fields).slice(0, MAX_KEYS);
  return keys.map((key) => [key, fields[key]] as const);
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
