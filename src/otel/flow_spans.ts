// Turns the JobEvents of a flow into spans. `OpenFlow` passes it the events and the attempts.

import { context, isSpanContextValid, trace } from "npm:@opentelemetry/api@1.3.0";
import { systemTime } from "../data/clock.ts";
import { serializeError } from "../data/serialized_error.ts";
import type { Activation, JobEvent } from "../engine/job_event.ts";
import { SCOPE } from "./attributes.ts";
import { JobSpans } from "./job_spans.ts";
import { encodeTraceparent } from "./traceparent.ts";

/** The spans of the jobs of a flow that have not ended. */
export class FlowSpans {
  readonly #flowId: string;
  readonly #jobs = new Map<string, JobSpans>();

  /** @param flowId The flow. */
  constructor(flowId: string) {
    this.#flowId = flowId;
  }

  /** Opens the span of an attempt that is about to be sent to a worker. */
  attempt(jobId: string, activation: Activation, attempt: number, at: number): string | undefined {
    const span = this.#jobs.get(jobId)?.attempt(activation, attempt, at);
    // It is invalid if no SDK is registered; the worker need not load anything then.
    return span !== undefined && isSpanContextValid(span) ? encodeTraceparent(span) : undefined;
  }

  /** Ends the span of an attempt that was taken back before its handler was called. */
  revoked(jobId: string, activationId: string, at: number): void {
    this.#jobs.get(jobId)?.revoked(activationId, at);
  }

  /** Ends the spans of a job whose events the store refuses. */
  abandoned(jobId: string, error: Error, at: number): void {
    this.#jobs.get(jobId)?.stop(serializeError(error), at);
    this.#end(jobId, "abandoned", at);
  }

  /** Ends all spans. */
  close(): void {
    const at = systemTime();
    for (const jobId of [...this.#jobs.keys()]) this.#end(jobId, "left", at);
  }

  /** Opens and ends the spans that an event concerns. */
  event(event: JobEvent): void {
    const { jobId, at } = event;
    if (event.type === "job_started") {
      const { activation, createdAt = at } = event;
      const job = this.#start(jobId, "started", createdAt);
      return activation && job.queued([activation], at);
    }
    if (event.type === "job_recovered") {
      if (!this.#jobs.has(jobId)) this.#start(jobId, event.fresh ? "rerun" : "recovered", at);
      return;
    }
    const job = this.#jobs.get(jobId);
    if (job === undefined) return;
    switch (event.type) {
      case "activation_started":
        return job.begun(event.activationId, event.workerId);
      case "activation_flushed": {
        const span = job.contextOf(event.activationId);
        job.queued(event.queued, at, span);
        return job.waits(event.waits, span);
      }
      case "activation_completed": {
        const span = job.endActivation(event, event, undefined, at);
        job.queued(event.queued, at, span);
        return job.waits(event.waits, span);
      }
      case "activation_retrying":
        return job.endAttempt(event.activationId, event.execution, event.error, at);
      case "activation_failed":
      case "activation_skipped":
        return job.queued(
          event.queued,
          at,
          job.endActivation(event, event.execution, event.error, at),
        );
      case "activation_cancelled":
        job.endActivation(event, event.execution, event.error ?? job.stopping, at);
        return;
      case "signal_delivered":
        return job.queued([event.activation], at, job.endWait(event.waitId));
      case "feed_taken":
        return job.queued(event.queued, at);
      case "wait_expired":
        return job.queued(event.queued, at, job.endWait(event.waitId));
      case "wait_withdrawn":
        return void job.endWait(event.wait.waitId);
      case "job_stopping":
        return job.stop(event.error, at);
      case "job_left":
        return this.#end(jobId, "left", at);
      case "job_completed":
      case "job_failed":
      case "job_cancelled":
        return this.#end(jobId, event.type.slice("job_".length), at);
      default:
        // The others concern no span.
    }
  }

  #start(jobId: string, origin: "started" | "recovered" | "rerun", at: number): JobSpans {
    // Asked for each time, as a provider may be registered after the flow has started.
    const tracer = trace.getTracer(SCOPE);
    const job = new JobSpans(tracer, context.active(), this.#flowId, jobId, origin, at);
    this.#jobs.set(jobId, job);
    return job;
  }

  #end(jobId: string, status: string, at: number): void {
    this.#jobs.get(jobId)?.end(status, at);
    this.#jobs.delete(jobId);
  }
}
