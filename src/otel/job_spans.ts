// The spans of one job: that of the job itself, with those of its activations below it, and those of their
// attempts below these. `FlowSpans` makes it for each job of a flow and passes it the JobEvents.

import {
  type Context,
  type Span,
  type SpanContext,
  SpanStatusCode,
  trace,
  type Tracer,
} from "npm:@opentelemetry/api@1.3.0";
import type { SerializedError } from "../data/serialized_error.ts";
import type { Activation, Execution, Wait } from "../engine/job_event.ts";
import { ATTRIBUTE, type Attributes, HANDLER_CALLED } from "./attributes.ts";
import { hrTime } from "./hr_time.ts";

/**
 * The open spans of a job. Activations are children of the job and not of each other, as their chain can be as
 * long as the job, and each one begins when the one before it ends; a link leads from an activation to the one
 * that emitted its payload. The span of an activation begins when it was queued, but is made only when its
 * first attempt is sent to a worker, so that a long queue costs little.
 */
export class JobSpans {
  readonly #tracer: Tracer;
  readonly #span: Span;
  readonly #context: Context;
  readonly #startedAt: number;
  readonly #attributes: Attributes;
  /** The activations that have no span yet. */
  readonly #waiting = new Map<string, Waiting>();
  readonly #activations = new Map<string, ActivationSpan>();
  /** The activations that wait for signals, by the ids of the waits. */
  readonly #waits = new Map<string, SpanContext>();
  /** The error with which the job stops. */
  #stopping: SerializedError | undefined;

  /**
   * Opens the span of a job.
   *
   * @param tracer The tracer.
   * @param parent The context in which the job was started.
   * @param flowId The flow.
   * @param jobId The job.
   * @param origin The way in which the job came to this flow.
   * @param at The time, in epoch milliseconds.
   */
  constructor(
    tracer: Tracer,
    parent: Context,
    flowId: string,
    jobId: string,
    origin: "started" | "recovered" | "rerun",
    at: number,
  ) {
    this.#tracer = tracer;
    this.#startedAt = at;
    this.#attributes = { [ATTRIBUTE.flow]: flowId, [ATTRIBUTE.job]: jobId };
    const attributes = { ...this.#attributes, [ATTRIBUTE.origin]: origin };
    const options = { startTime: hrTime(at), attributes };
    this.#span = tracer.startSpan(`job ${flowId}`, options, parent);
    this.#context = trace.setSpan(parent, this.#span);
  }

  /** Records activations that were queued. */
  queued(activations: readonly Activation[], at: number, cause?: SpanContext): void {
    for (const { activationId } of activations) this.#waiting.set(activationId, { at, cause });
  }

  /** Records the signals that an activation waits for, as the deliveries of the signals follow from it. */
  waits(waits: readonly Wait[] | undefined, cause: SpanContext | undefined): void {
    if (waits === undefined || cause === undefined) return;
    for (const { waitId } of waits) this.#waits.set(waitId, cause);
  }

  /** Returns the span of the activation that began a wait, and forgets it. */
  endWait(waitId: string): SpanContext | undefined {
    const cause = this.#waits.get(waitId);
    this.#waits.delete(waitId);
    return cause;
  }

  /** Returns the span of an activation that is open. */
  contextOf(activationId: string): SpanContext | undefined {
    return this.#activations.get(activationId)?.span.spanContext();
  }

  /** Opens the span of an attempt, unless it is open, and returns it. */
  attempt(activation: Activation, number: number, at: number): SpanContext {
    const { activationId, routineId, slot } = activation;
    const own = this.#activations.get(activationId) ?? this.#open(activation);
    if (own.attempt === undefined) {
      const startedAt = Math.max(at, own.startedAt);
      const attributes = { ...own.attributes, [ATTRIBUTE.attempt]: number };
      const options = { startTime: hrTime(startedAt), attributes };
      const span = this.#tracer.startSpan(`attempt ${routineId}.${slot}`, options, own.context);
      own.attempt = { span, startedAt };
    }
    return own.attempt.span.spanContext();
  }

  /** Records the worker of an attempt, whose handler was called. */
  begun(activationId: string, workerId: string): void {
    this.#activations.get(activationId)?.attempt?.span.setAttribute(ATTRIBUTE.worker, workerId);
  }

  /** Ends the span of an attempt that was taken back before its handler was called. */
  revoked(activationId: string, at: number): void {
    this.#activations.get(activationId)?.attempt?.span.setAttribute(ATTRIBUTE.revoked, true);
    this.endAttempt(activationId, undefined, undefined, at);
  }

  /**
   * Ends the span of an attempt.
   *
   * @param activationId Its activation.
   * @param execution The time of the attempt, if its handler was called.
   * @param error The error with which it failed.
   * @param at The time at which its outcome was decided, in epoch milliseconds.
   */
  endAttempt(
    activationId: string,
    execution: Execution | undefined,
    error: SerializedError | undefined,
    at: number,
  ): void {
    const own = this.#activations.get(activationId);
    if (own?.attempt === undefined) return;
    const { span, startedAt } = own.attempt;
    own.attempt = undefined;
    if (execution !== undefined) {
      span.setAttribute(ATTRIBUTE.worker, execution.workerId);
      span.addEvent(HANDLER_CALLED, undefined, hrTime(Math.max(startedAt, execution.startedAt)));
    }
    // The clocks of two threads agree only to some hundredths of a millisecond.
    const endedAt = Math.max(startedAt, execution?.endedAt ?? at);
    if (error !== undefined) fail(span, error, endedAt);
    span.end(hrTime(endedAt));
  }

  /** Ends the span of an activation, and that of its attempt. */
  endActivation(
    { activationId, routineId, slot }: Pick<Activation, "activationId" | "routineId" | "slot">,
    execution: Execution | undefined,
    error: SerializedError | undefined,
    at: number,
  ): SpanContext {
    this.endAttempt(activationId, execution, error, at);
    const { span } = this.#activations.get(activationId) ??
      this.#open({ activationId, routineId, slot });
    this.#activations.delete(activationId);
    if (error !== undefined) fail(span, error, at);
    span.end(hrTime(at));
    return span.spanContext();
  }

  /** The error of an activation that was cancelled with its job. */
  get stopping(): SerializedError | undefined {
    return this.#stopping;
  }

  /** Records the error with which the job stops. */
  stop(error: SerializedError, at: number): void {
    this.#stopping = error;
    fail(this.#span, error, at);
  }

  /** Ends the spans of the job, its activations and their attempts. */
  end(status: string, at: number): void {
    for (const [activationId, own] of this.#activations) {
      this.endAttempt(activationId, undefined, undefined, at);
      own.span.end(hrTime(at));
    }
    this.#span.setAttribute(ATTRIBUTE.status, status);
    this.#span.end(hrTime(at));
  }

  #open({ activationId, routineId, slot }: Identity): ActivationSpan {
    // An activation of a job that was taken over was queued in another process.
    const { at, cause } = this.#waiting.get(activationId) ?? { at: this.#startedAt };
    this.#waiting.delete(activationId);
    const attributes = {
      ...this.#attributes,
      [ATTRIBUTE.activation]: activationId,
      [ATTRIBUTE.routine]: routineId,
      [ATTRIBUTE.slot]: slot,
    };
    const span = this.#tracer.startSpan(`activation ${routineId}.${slot}`, {
      startTime: hrTime(at),
      attributes,
      ...cause !== undefined && { links: [{ context: cause }] },
    }, this.#context);
    const context = trace.setSpan(this.#context, span);
    const own = { span, context, attributes, startedAt: at, attempt: undefined };
    this.#activations.set(activationId, own);
    return own;
  }
}

type Identity = Pick<Activation, "activationId" | "routineId" | "slot">;

/** An activation that no worker has been given yet. */
interface Waiting {
  /** The time at which it was queued, in epoch milliseconds. */
  readonly at: number;
  /** The activation that emitted its payload. */
  readonly cause?: SpanContext | undefined;
}

/** An activation that a worker has been given, until it has ended. */
interface ActivationSpan {
  readonly span: Span;
  readonly context: Context;
  readonly attributes: Attributes;
  readonly startedAt: number;
  /** Its current attempt. */
  attempt: { readonly span: Span; readonly startedAt: number } | undefined;
}

function fail(span: Span, { name, message, stack }: SerializedError, at: number): void {
  span.recordException({ name, message, ...stack !== undefined && { stack } }, hrTime(at));
  span.setAttribute(ATTRIBUTE.error, name);
  span.setStatus({ code: SpanStatusCode.ERROR, message });
}
