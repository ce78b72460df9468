// Derives the execution history and the spans of a job from its JobEvents. `JobView` calls it on each access.

import { changeOf, isInHistory } from "./event_table.ts";
import type {
  Activation,
  ActivationEventBase,
  Execution,
  Failure,
  JobEvent,
  Wait,
} from "./job_event.ts";

/**
 * Converts the stream of a job to records, sorted by time.
 *
 * @param events The job's stream.
 */
export function historyOf(events: Iterable<JobEvent>): ExecutionRecord[] {
  const history = new History();
  for (const event of events) history.record(event);
  return history.records.sort((a, b) => a.timestamp - b.timestamp);
}

/**
 * A record of a change to an activation, or to a wait for a signal. For each unit that {@linkcode JobCounts}
 * counts there is one record of its end: `completed`, `failed`, `skipped`, `cancelled`, and `retrying` for
 * each retry. A record of a wait has its `waitId` and `signal` in `data`.
 *
 * @example The history of a job, line by line
 * ```ts
 * import { type ExecutionRecord, Flow } from "@millrace/flow";
 * import { fibonacci } from "../../examples/fibonacci.ts";
 *
 * await using flow = new Flow({ maxWorkers: 1 }).add("fibonacci", fibonacci);
 * const job = await flow.execute("fibonacci.n", 20);
 * const describe = ({ event }: ExecutionRecord) => event;
 * console.log(job.executionHistory.map(describe).join(" ")); // queued started emitted completed
 * ```
 */
export interface ExecutionRecord {
  /** The time, in epoch milliseconds with fraction. Starts and ends are measured in the worker. */
  readonly timestamp: number;
  /**
   * The kind of record. A `skipped` record follows the `failed` record of the same activation. A `lost`
   * activation was executing when its process died, and is executed again. A routine is `waiting` for a
   * signal until the signal is `delivered`, the wait is `withdrawn`, the signal does not come in time
   * (`expired`, or `retrying` if the routine waits again), or the wait is `dropped` with its job.
   */
  readonly event:
    | "queued"
    | "started"
    | "emitted"
    | "completed"
    | "failed"
    | "retrying"
    | "skipped"
    | "cancelled"
    | "lost"
    | "withdrawn"
    | "waiting"
    | "delivered"
    | "expired"
    | "dropped";
  /** The routine. */
  readonly routineId: string;
  /** The slot. For a wait, the slot to which the signal is delivered. */
  readonly slot: string;
  /** The activation. For a wait, the activation that called `ctx.waitFor`. */
  readonly activationId: string;
  /** The attempt, from 1; 0 before the first. For a wait, the number of times the routine has waited. */
  readonly attempt: number;
  /** The worker, if one has executed the activation. */
  readonly workerId?: string | undefined;
  /**
   * The details, such as the event and payload of `emitted`, the error of `failed`, and `dueAt`, the time from
   * which an activation that is `queued` with a delay may begin. If the store has dropped the payload,
   * `dropped` is `true` instead.
   */
  readonly data?: Readonly<Record<string, unknown>> | undefined;
}

/**
 * The time and the place of the execution of an attempt.
 *
 * @example The duration and the worker of each attempt
 * ```ts
 * import { Flow, type Span } from "@millrace/flow";
 * import { fibonacci } from "../../examples/fibonacci.ts";
 *
 * await using flow = new Flow({ maxWorkers: 1 }).add("fibonacci", fibonacci);
 * const job = await flow.execute("fibonacci.n", 20);
 * const took = ({ startedAt, endedAt }: Span) => endedAt - startedAt;
 * for (const span of job.spans) console.log(span.routineId, span.workerId, took(span));
 * ```
 */
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
  /** The time at which its handler was called, measured in the worker, in epoch milliseconds. */
  readonly startedAt: number;
  /** The time at which its handler had ended, measured in the worker, in epoch milliseconds. */
  readonly endedAt: number;
}

/**
 * Returns the executions of a job that have ended, in the order in which they were reported to the host.
 *
 * @param events The job's stream.
 */
export function spansOf(events: Iterable<JobEvent>): Span[] {
  const spans: Span[] = [];
  for (const event of events) {
    const { execution } = changeOf(event);
    if (execution === undefined) continue;
    const { jobId, routineId, slot, activationId, attempt } = event as ActivationEventBase;
    const { workerId, startedAt, endedAt } = execution;
    spans.push({ jobId, routineId, slot, activationId, attempt, workerId, startedAt, endedAt });
  }
  return spans;
}

type Subject = Pick<ExecutionRecord, "routineId" | "slot" | "activationId" | "attempt">;

/** Collects the records of one stream. */
class History {
  records: Mutable<ExecutionRecord>[] = [];
  /** The activations that wait for their first or next attempt. */
  readonly #waiting = new Map<string, Subject>();
  /** The records of attempts that have begun and not ended. */
  readonly #begun = new Map<string, Mutable<ExecutionRecord>>();
  /** The open waits, by id. */
  readonly #waits = new Map<string, Wait>();
  /** `true` once the job stops, which drops its queued activations. */
  #isStopping = false;

  record(event: JobEvent): void {
    if (!isInHistory(event)) return;
    const { execution } = changeOf(event);
    switch (event.type) {
      case "job_started":
        return event.activation && this.#queued(event.activation, event.at);
      case "feed_taken":
        return this.#queuedAll(event.queued, event.at);
      case "signal_delivered":
        this.#waitEnded("delivered", event.waitId, event.at);
        return this.#queued(event.activation, event.at);
      case "activation_started": {
        this.#waiting.delete(event.activationId);
        const begun = this.#record("started", event.at, event, event.workerId);
        this.#begun.set(event.activationId, begun);
        return;
      }
      case "activation_flushed":
      case "activation_completed":
        this.#measured(event, execution);
        for (const { event: name, payload, timestamp, dropped } of event.effects.emits) {
          const data = dropped ? { event: name, dropped } : { event: name, payload };
          this.#record("emitted", timestamp, event, execution?.workerId, data);
        }
        if (execution !== undefined) {
          this.#record("completed", execution.endedAt, event, execution.workerId);
        }
        for (const wait of event.waits ?? []) this.#waitBegun(wait, event.at);
        return this.#queuedAll(event.queued, event.at);
      case "activation_retrying": {
        this.#failed(event, execution);
        const { dueAt } = event;
        this.#waiting.set(event.activationId, subjectOf(event));
        this.#record("retrying", event.at, event, undefined, { dueAt });
        return;
      }
      case "activation_failed":
      case "activation_skipped":
        this.#failed(event, execution);
        if (event.type === "activation_skipped") this.#record("skipped", event.at, event);
        return this.#queuedAll(event.queued, event.at);
      case "activation_cancelled": {
        this.#measured(event, execution);
        this.#waiting.delete(event.activationId);
        const at = execution?.endedAt ?? event.at;
        this.#record("cancelled", at, event, execution?.workerId);
        return;
      }
      case "wait_renewed": {
        const { wait, at } = event;
        this.#waits.set(wait.waitId, wait);
        const data = { ...dataOfWait(wait), dueAt: wait.since };
        this.#record("retrying", at, { ...wait, attempt: wait.attempt - 1 }, undefined, data);
        return;
      }
      case "wait_expired":
        this.#waitEnded("expired", event.waitId, event.at, { error: event.error });
        return this.#queuedAll(event.queued, event.at);
      case "wait_withdrawn": {
        const { wait, reason } = event;
        const { signal, waitId } = wait;
        const data = { signal, waitId, ...reason !== undefined && { reason } };
        this.#record("withdrawn", event.at, wait, undefined, data);
        return;
      }
      case "job_recovered":
        if (event.lost) this.#lost(event.at);
        else this.#forgetBegun();
        if (this.#isStopping) this.#drop(event.at);
        return;
      case "job_left":
        return this.#forgetBegun();
      case "job_stopping":
        this.#isStopping = true;
        return this.#drop(event.at);
      default:
        event satisfies never;
    }
  }

  /**
   * Records the end of everything that waits for a worker, a time, a resume or a signal, when the job stops.
   */
  #drop(at: number): void {
    for (const subject of this.#waiting.values()) this.#record("cancelled", at, subject);
    this.#waiting.clear();
    for (const waitId of [...this.#waits.keys()]) this.#waitEnded("dropped", waitId, at);
  }

  #waitBegun(wait: Wait, at: number): void {
    this.#waits.set(wait.waitId, wait);
    const { timeout } = wait;
    const data = { ...dataOfWait(wait), ...timeout !== undefined && { timeout } };
    this.#record("waiting", at, wait, undefined, data);
  }

  #waitEnded(
    event: "delivered" | "expired" | "dropped",
    waitId: string,
    at: number,
    more?: { readonly error: unknown },
  ): void {
    const wait = this.#waits.get(waitId);
    if (wait === undefined) return;
    this.#waits.delete(waitId);
    this.#record(event, at, wait, undefined, { ...dataOfWait(wait), ...more });
  }

  #failed(event: Extract<JobEvent, Failure>, execution: Execution | undefined): void {
    this.#measured(event, execution);
    this.#waiting.delete(event.activationId);
    const at = execution?.endedAt ?? event.at;
    this.#record("failed", at, event, execution?.workerId, { error: event.error });
  }

  /** Corrects the start of an attempt to the time measured in the worker, which is reported with its end. */
  #measured(
    { activationId, type }: Extract<JobEvent, { activationId: string }>,
    execution?: Execution,
  ): void {
    const begun = this.#begun.get(activationId);
    if (begun !== undefined && execution !== undefined) begun.timestamp = execution.startedAt;
    if (type !== "activation_flushed") this.#begun.delete(activationId);
  }

  /** Records attempts that were lost with their process and will be repeated. */
  #lost(at: number): void {
    for (const begun of this.#begun.values()) {
      const subject = subjectOf(begun);
      this.#waiting.set(begun.activationId, subject);
      this.#record("lost", at, subject, begun.workerId);
    }
    this.#begun.clear();
  }

  /** Removes the records of attempts that were stopped when the flow was closed. */
  #forgetBegun(): void {
    const lost = new Set(this.#begun.values());
    for (const record of lost) this.#waiting.set(record.activationId, subjectOf(record));
    this.records = this.records.filter((record) => !lost.has(record));
    this.#begun.clear();
  }

  #queuedAll(activations: readonly Activation[], at: number): void {
    for (const activation of activations) this.#queued(activation, at);
  }

  #queued({ activationId, routineId, slot, from, event, dueAt }: Activation, at: number): void {
    const subject = { routineId, slot, activationId, attempt: 0 };
    this.#waiting.set(activationId, subject);
    const origin = from === undefined ? undefined : { from, event };
    const data = dueAt === undefined ? origin : { ...origin, dueAt };
    this.#record("queued", at, subject, undefined, data);
  }

  #record(
    event: ExecutionRecord["event"],
    timestamp: number,
    subject: Subject,
    workerId?: string,
    data?: ExecutionRecord["data"],
  ): Mutable<ExecutionRecord> {
    const { routineId, slot, activationId, attempt } = subject;
    const record: Mutable<ExecutionRecord> = {
      timestamp,
      event,
      routineId,
      slot,
      activationId,
      attempt,
      ...workerId !== undefined && { workerId },
      ...data !== undefined && { data },
    };
    this.records.push(record);
    return record;
  }
}

type Mutable<T> = { -readonly [Key in keyof T]: T[Key] };

function dataOfWait(
  { waitId, signal }: Wait,
): { readonly waitId: string; readonly signal: string } {
  return { waitId, signal };
}

function subjectOf({ routineId, slot, activationId, attempt }: Subject): Subject {
  return { routineId, slot, activationId, attempt };
}
