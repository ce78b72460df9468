import type { JobEvent } from "./job_event.ts";

/** What happened to an activation, at one moment. */
export interface ExecutionRecord {
  /** When, in epoch milliseconds with fraction; starts and ends are those measured in the worker. */
  readonly timestamp: number;
  /** What happened. */
  readonly event:
    | "queued"
    | "started"
    | "emitted"
    | "completed"
    | "failed"
    | "retrying"
    | "skipped"
    | "cancelled";
  /** The routine. */
  readonly routineId: string;
  /** The slot. */
  readonly slot: string;
  /** The activation. */
  readonly activationId: string;
  /** The attempt, from 1; 0 before the first. */
  readonly attempt: number;
  /** The worker, once there is one. */
  readonly workerId?: string | undefined;
  /** What there is to tell: of `emitted` the event and payload, of `failed` the error. */
  readonly data?: Readonly<Record<string, unknown>> | undefined;
}

/** When and where an attempt was executed. */
export interface Span {
  /** The job. */
  readonly jobId: string;
  /** The routine. */
  readonly routineId: string;
  /** The slot. */
  readonly slot: string;
  /** The activation. */
  readonly activationId: string;
  /** The attempt, from 1. */
  readonly attempt: number;
  /** The worker that executed it. */
  readonly workerId: string;
  /** When its handler was called, in epoch milliseconds, measured in the worker. */
  readonly startedAt: number;
  /** When its handler had ended, in epoch milliseconds, measured in the worker. */
  readonly endedAt: number;
}

/**
 * Tells the stream of a job as records, by time.
 *
 * @param events The job's stream.
 */
export function historyOf(events: readonly JobEvent[]): ExecutionRecord[] {
  const started = new Map<string, number>();
  for (const { activationId, attempt, startedAt } of spansOf(events)) {
    started.set(`${activationId} ${attempt}`, startedAt);
  }
  const queuedIn = new Map<string, Subject>();
  const records: ExecutionRecord[] = [];
  for (const event of events) {
    for (const record of recordsOf(event, queuedIn)) {
      const measured = record.event === "started"
        ? started.get(`${record.activationId} ${record.attempt}`)
        : undefined;
      records.push(measured === undefined ? record : { ...record, timestamp: measured });
    }
  }
  return records.sort((a, b) => a.timestamp - b.timestamp);
}

/**
 * The executions of a job that have ended, in the order in which the host learned of them.
 *
 * @param events The job's stream.
 */
export function spansOf(events: readonly JobEvent[]): Span[] {
  const spans: Span[] = [];
  for (const event of events) {
    const execution = event.type === "activation_completed"
      ? event
      : event.type === "activation_failed" || event.type === "activation_cancelled"
      ? event.execution
      : undefined;
    if (execution === undefined) continue;
    const { jobId, routineId, slot, activationId, attempt } = event as Extract<
      JobEvent,
      { activationId: string }
    >;
    const { workerId, startedAt, endedAt } = execution;
    spans.push({ jobId, routineId, slot, activationId, attempt, workerId, startedAt, endedAt });
  }
  return spans;
}

type Subject = Pick<ExecutionRecord, "routineId" | "slot" | "activationId" | "attempt">;

function* recordsOf(event: JobEvent, queued: Map<string, Subject>): Iterable<ExecutionRecord> {
  switch (event.type) {
    case "job_started":
      return yield queue(event.at, event.activation, queued);
    case "activation_started":
      queued.delete(event.activationId);
      return yield record(event, "started", event.at, event.workerId);
    case "activation_flushed":
    case "activation_completed": {
      const workerId = event.type === "activation_completed" ? event.workerId : undefined;
      for (const { event: name, payload, timestamp } of event.effects.emits) {
        yield { ...record(event, "emitted", timestamp, workerId), data: { event: name, payload } };
      }
      if (event.type === "activation_completed") {
        yield record(event, "completed", event.endedAt, workerId);
      }
      for (const activation of event.queued) yield queue(event.at, activation, queued);
      return;
    }
    case "activation_failed":
    case "activation_cancelled": {
      const timestamp = event.execution?.endedAt ?? event.at;
      const what = event.type === "activation_failed" ? "failed" : "cancelled";
      const told = record(event, what, timestamp, event.execution?.workerId);
      return yield event.type === "activation_failed"
        ? { ...told, data: { error: event.error } }
        : told;
    }
    case "job_stopping":
      for (const activationId of event.dropped) {
        const subject = queued.get(activationId);
        if (subject !== undefined) yield { timestamp: event.at, event: "cancelled", ...subject };
      }
      return;
  }
}

function queue(
  timestamp: number,
  { activationId, routineId, slot, from, event }: Extract<
    JobEvent,
    { type: "job_started" }
  >["activation"],
  queued: Map<string, Subject>,
): ExecutionRecord {
  const subject = { routineId, slot, activationId, attempt: 0 };
  queued.set(activationId, subject);
  const data = from === undefined ? undefined : { from, event };
  return { timestamp, event: "queued", ...subject, ...data && { data } };
}

function record(
  { routineId, slot, activationId, attempt }: Subject,
  event: ExecutionRecord["event"],
  timestamp: number,
  workerId: string | undefined,
): ExecutionRecord {
  return {
    timestamp,
    event,
    routineId,
    slot,
    activationId,
    attempt,
    ...workerId !== undefined && { workerId },
  };
}
