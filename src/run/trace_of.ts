// Derives the course of a job from its JobEvents, for the views that draw it.

import type { SerializedError } from "../data/serialized_error.ts";
import { statusChangeOf } from "../engine/event_table.ts";
import type {
  Activation,
  ActivationCompleted,
  ActivationEventBase,
  ActivationFlushed,
  Execution,
  JobEvent,
} from "../engine/job_event.ts";
import { statusAfter } from "../engine/status_after.ts";
import type {
  ActivationOutcome,
  AttemptOutcome,
  JobTrace,
  TracedActivation,
  TracedAttempt,
  TracedWait,
} from "./job_trace.ts";

/**
 * Derives the course of a job from its JobEvents.
 *
 * @example The activations of a job, with their outcomes
 * ```ts
 * import { Flow } from "@millrace/flow";
 * import { traceOf } from "@millrace/flow/export";
 * import { fibonacci } from "../../examples/fibonacci.ts";
 *
 * await using flow = new Flow().add("fibonacci", fibonacci);
 * const { jobId } = await flow.execute("fibonacci.n", 5);
 * const trace = traceOf(await Array.fromAsync(flow.events({ jobId })));
 * console.log(trace?.activations.map(({ routineId, outcome }) => `${routineId} ${outcome}`)); // [ "fibonacci completed" ]
 * ```
 *
 * @param events The stream of the job. If the first events are missing, activations appear with the first event
 * about them.
 * @returns The course; `undefined` if there are no events.
 */
export function traceOf(events: Iterable<JobEvent>): JobTrace | undefined {
  let tracer: Tracer | undefined;
  for (const event of events) {
    tracer ??= new Tracer(event);
    tracer.add(event);
  }
  return tracer?.trace;
}

type Mutable<T> = { -readonly [Key in keyof T]: T[Key] };

/** An activation while its events are read. */
interface OpenActivation extends Mutable<TracedActivation> {
  readonly attempts: Mutable<TracedAttempt>[];
}

/** Collects the course of one job. */
class Tracer {
  readonly trace: Mutable<Omit<JobTrace, "activations" | "waits">> & {
    readonly activations: OpenActivation[];
    waits: Mutable<TracedWait>[];
  };
  readonly #open = new Map<string, OpenActivation>();
  readonly #waits = new Map<string, Mutable<TracedWait>>();
  #hasStarted = false;

  constructor(first: JobEvent) {
    const isPartial = first.type !== "job_started";
    this.trace = {
      jobId: first.jobId,
      flowId: isPartial ? "" : first.flowId,
      status: isPartial ? "running" : "pending",
      createdAt: isPartial ? first.at : first.createdAt ?? first.at,
      lastAt: first.at,
      endedAt: undefined,
      error: undefined,
      activations: [],
      waits: [],
      isPartial,
    };
  }

  add(event: JobEvent): void {
    const change = statusChangeOf(event);
    this.#hasStarted ||= change === "running" || change === "begun";
    this.trace.status = statusAfter(this.trace.status, this.#hasStarted, change);
    this.#fold(event);
    this.trace.lastAt = Math.max(this.trace.lastAt, event.at);
  }

  #fold(event: JobEvent): void {
    switch (event.type) {
      case "job_started":
        return event.activation && this.#queued([event.activation], event.at);
      case "feed_taken":
        this.trace.isFed = true;
        return this.#queued(event.queued, event.at);
      case "activation_started": {
        const one = this.#of(event);
        const { attempt, workerId, at } = event;
        one.outcome = "executing";
        one.attempts.push({
          attempt,
          workerId,
          readyAt: Math.min(one.readyAt, at),
          startedAt: at,
          endedAt: undefined,
          isMeasured: false,
          outcome: "executing",
          error: undefined,
        });
        return;
      }
      case "activation_flushed":
        return this.#committed(event);
      case "activation_completed":
        this.#attemptEnded(event, event, "completed");
        this.#ended(event, "completed", event.endedAt);
        return this.#committed(event);
      case "activation_retrying": {
        this.#attemptEnded(event, event.execution, "retried", event.error);
        const one = this.#of(event);
        one.outcome = "queued";
        one.readyAt = event.dueAt;
        return;
      }
      case "activation_failed":
      case "activation_skipped": {
        const outcome = event.type === "activation_failed" ? "failed" : "skipped";
        this.#attemptEnded(event, event.execution, outcome, event.error);
        this.#ended(event, outcome, event.execution?.endedAt ?? event.at, event.error);
        return this.#queued(event.queued, event.at, event.activationId);
      }
      case "activation_cancelled":
        this.#attemptEnded(event, event.execution, "cancelled", event.error);
        return this.#ended(
          event,
          "cancelled",
          event.execution?.endedAt ?? event.at,
          event.error,
        );
      case "signal_delivered": {
        const wait = this.#waits.get(event.waitId);
        this.#waitEnded(event.waitId, "delivered", event.at);
        return this.#queued([event.activation], event.at, wait?.activationId);
      }
      case "wait_expired": {
        const wait = this.#waits.get(event.waitId);
        this.#waitEnded(event.waitId, "expired", event.at);
        return this.#queued(event.queued, event.at, wait?.activationId);
      }
      case "wait_withdrawn":
        return this.#waitEnded(event.wait.waitId, "withdrawn", event.at);
      case "job_resumed":
        return this.#release(event.at);
      case "job_recovered":
        // The process died, or left the job, some time after the last event that it stored.
        this.#requeue(event.lost ? "lost" : "left", this.trace.lastAt, event.at);
        if (this.trace.error !== undefined) return this.#drop(event.at);
        if (event.fresh) this.#takeOver(event.at);
        return;
      case "job_left":
        return this.#requeue("left", event.at, event.at);
      case "job_stopping":
        this.trace.error = event.error;
        return this.#drop(event.at);
      case "job_completed":
      case "job_failed":
      case "job_cancelled":
        this.trace.endedAt = event.at;
        return;
      case "activation_progressed":
      case "signal_received":
      case "feed_ended":
      case "wait_renewed":
      case "job_paused":
      case "job_stalled":
        return;
      default:
        event satisfies never;
    }
  }

  #committed({ queued, waits, at }: ActivationFlushed | ActivationCompleted): void {
    this.#queued(queued, at);
    for (const { waitId, signal, routineId, activationId, since } of waits ?? []) {
      const wait: Mutable<TracedWait> = {
        waitId,
        signal,
        routineId,
        activationId,
        since,
        endedAt: undefined,
        outcome: "waiting",
      };
      this.#waits.set(waitId, wait);
      this.trace.waits.push(wait);
    }
  }

  #queued(activations: readonly Activation[], at: number, cause?: string): void {
    for (const { activationId, routineId, slot, from = cause, event, dueAt, held } of activations) {
      this.#add(
        { activationId, routineId, slot, from, event },
        at,
        Math.max(at, dueAt ?? at),
        held,
      );
    }
  }

  #add(
    ids: Pick<TracedActivation, "activationId" | "routineId" | "slot" | "from" | "event">,
    queuedAt: number,
    readyAt: number,
    held?: true,
  ): OpenActivation {
    const one: OpenActivation = {
      ...ids,
      queuedAt,
      endedAt: undefined,
      outcome: held ? "held" : "queued",
      attempts: [],
      error: undefined,
      readyAt,
    };
    this.#open.set(ids.activationId, one);
    this.trace.activations.push(one);
    return one;
  }

  /** Returns the activation of an event; one that was queued by a missing event is added. */
  #of({ activationId, routineId, slot, at }: ActivationEventBase): OpenActivation {
    return this.#open.get(activationId) ??
      this.#add({ activationId, routineId, slot, from: undefined, event: undefined }, at, at);
  }

  #attemptEnded(
    event: ActivationEventBase,
    execution: Execution | undefined,
    outcome: AttemptOutcome,
    error?: SerializedError,
  ): void {
    const { attempts, readyAt } = this.#of(event);
    let attempt = attempts.at(-1);
    if (attempt?.endedAt !== undefined) attempt = undefined;
    if (attempt === undefined) {
      // An attempt that was never executed, such as one whose time in the queue ran out.
      if (execution === undefined) return;
      const { workerId, startedAt, endedAt } = execution;
      attempt = {
        attempt: event.attempt,
        workerId,
        readyAt,
        startedAt,
        endedAt,
        isMeasured: true,
        outcome,
        error,
      };
      attempts.push(attempt);
    }
    attempt.workerId = execution?.workerId ?? attempt.workerId;
    attempt.startedAt = execution?.startedAt ?? attempt.startedAt;
    attempt.readyAt = Math.min(attempt.readyAt, attempt.startedAt);
    attempt.endedAt = execution?.endedAt ?? Math.max(attempt.startedAt, event.at);
    attempt.isMeasured = execution !== undefined;
    attempt.outcome = outcome;
    attempt.error = error;
  }

  #ended(
    { activationId }: Pick<TracedActivation, "activationId">,
    outcome: ActivationOutcome,
    endedAt: number,
    error?: SerializedError,
  ): void {
    const one = this.#open.get(activationId);
    if (one === undefined) return;
    one.outcome = outcome;
    one.endedAt = endedAt;
    one.error = error;
    this.#open.delete(activationId);
  }

  /** Queues executing activations again, as their process does not run any more. */
  #requeue(outcome: "lost" | "left", endedAt: number, at: number): void {
    for (const one of this.#open.values()) {
      if (one.outcome !== "executing") continue;
      one.outcome = "queued";
      one.readyAt = at;
      const attempt = one.attempts.at(-1);
      if (attempt === undefined) continue;
      attempt.outcome = outcome;
      attempt.endedAt = Math.max(attempt.startedAt, endedAt);
    }
  }

  /** Ends all that does not execute, as the job stops. */
  #drop(at: number): void {
    for (const one of [...this.#open.values()]) {
      if (one.outcome !== "executing") this.#ended(one, "cancelled", at);
    }
    for (const waitId of [...this.#waits.keys()]) this.#waitEnded(waitId, "dropped", at);
  }

  /**
   * Begins a rerun: its stream is copied from an older job up to here. Activations keep their outcomes, as the later ones
   * follow from them, but their attempts, times and waits belong to the older job.
   */
  #takeOver(at: number): void {
    this.#release(at);
    if (this.trace.isPartial) this.trace.createdAt = at;
    for (const one of this.trace.activations) {
      one.attempts.length = 0;
      one.queuedAt = one.readyAt = at;
      if (this.#open.has(one.activationId)) continue;
      one.endedAt = at;
      one.isTakenOver = true;
    }
    this.trace.waits = [...this.#waits.values()];
    for (const wait of this.trace.waits) wait.since = at;
  }

  /** Queues activations that were held back. */
  #release(at: number): void {
    for (const one of this.#open.values()) {
      if (one.outcome !== "held") continue;
      one.outcome = "queued";
      one.readyAt = Math.max(at, one.readyAt);
    }
  }

  #waitEnded(waitId: string, outcome: TracedWait["outcome"], at: number): void {
    const wait = this.#waits.get(waitId);
    if (wait === undefined) return;
    wait.outcome = outcome;
    wait.endedAt = at;
    this.#waits.delete(waitId);
  }
}
