// The interface between a flow and its tracing, such as `openTelemetry()` of `./otel`: types only, so that a flow
// without tracing loads nothing for it. `FlowRunner` opens the trace of its flow and ends it, `Dispatcher` passes
// the JobEvents on, and `ActivationSource` asks for the span of each attempt.

import type { Activation, JobEvent } from "../engine/job_event.ts";
import type { PoolStats } from "../pool/task.ts";

/**
 * Records the traces of flows, as the option `tracing` of a flow. `openTelemetry()` of `@millrace/flow/otel`
 * returns one. Errors that it throws are written to the console, and do not affect the flow.
 *
 * @example Counting the events of a flow
 * ```ts
 * import { Flow } from "@millrace/flow";
 * import type { Tracing } from "@millrace/flow/events";
 * import { fibonacci } from "../../examples/fibonacci.ts";
 *
 * let events = 0;
 * const tracing: Tracing = {
 *   open: () => ({
 *     event: () => void events++,
 *     attempt: () => undefined,
 *     revoked() {},
 *     abandoned() {},
 *     close() {},
 *   }),
 * };
 * await using flow = new Flow({ tracing }).add("fibonacci", fibonacci);
 * await flow.execute("fibonacci.n", 20);
 * console.log(events); // 4
 * ```
 */
export interface Tracing {
  /**
   * The URL of a module that workers import before they call the first handler of the flow. Its function
   * `runInTrace(traceparent, call)` has to call `call` at once, in the trace to which the `traceparent` of an
   * attempt belongs.
   *
   * @default None: the workers import nothing, and handlers are called without a trace.
   */
  readonly workerModule?: string;
  /** Begins the trace of a flow, when its first job is started or recovered. */
  open(flow: TracedFlow): FlowTrace;
}

/** The numbers of a flow that are not part of its JobEvents, for metrics. */
export interface TracedFlow {
  /** The flow. */
  readonly flowId: string;
  /** The number of its queued activations, in all jobs together. */
  readonly queued: number;
  /** The number of those that wait for a limit of their routine; `undefined` if no routine has one. */
  readonly limited?: number | undefined;
  /** The pool that executes its activations, which other flows may use as well. */
  readonly pool: { stats(): PoolStats };
}

/**
 * The trace of one flow. Its methods are called one after the other, and have to return quickly, as the flow
 * waits for them.
 */
export interface FlowTrace {
  /**
   * Called with each JobEvent when it happens, before it is stored. The async context of the call of
   * `flow.start` is that of its `job_started`, and the one of `flow.recover` or `flow.rerun` that of
   * `job_recovered`. The events that a rerun has taken over are not repeated.
   */
  event(event: JobEvent): void;
  /**
   * Called when an attempt is about to be sent to a worker. An attempt that was interrupted, or whose worker
   * was lost, is executed again with the same span.
   *
   * @param jobId The job.
   * @param activation The activation.
   * @param attempt The number of the attempt, from 1.
   * @param at The time, in epoch milliseconds.
   * @returns The span of the attempt, as a W3C `traceparent`; `undefined` if it has none.
   */
  attempt(jobId: string, activation: Activation, attempt: number, at: number): string | undefined;
  /**
   * Called when an attempt was taken back from the pool before its handler was called. Another span is asked
   * for when it is sent again.
   *
   * @param jobId The job.
   * @param activationId The activation.
   * @param at The time, in epoch milliseconds.
   */
  revoked(jobId: string, activationId: string, at: number): void;
  /**
   * Called when a job is given up because the store refuses its events, so that no more of them come.
   *
   * @param jobId The job.
   * @param error The error of the store.
   * @param at The time, in epoch milliseconds.
   */
  abandoned(jobId: string, error: Error, at: number): void;
  /** Called when the flow is closed, so that nothing more comes. May be called several times. */
  close(): void;
}
