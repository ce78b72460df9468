// The face of this room: `openTelemetry()`, the `tracing` of flows by OpenTelemetry. `FlowRunner` opens the trace
// of each flow, which turns JobEvents into spans (`flow_spans.ts`) and metrics (`flow_metrics.ts`).

import type { Activation, JobEvent } from "../engine/job_event.ts";
import type { FlowTrace, TracedFlow, Tracing } from "../flow/tracing.ts";
import { FlowSpans } from "./flow_spans.ts";
import { Instruments } from "./instruments.ts";

/**
 * Returns the tracing of flows by OpenTelemetry: a span for each job, activation and attempt, under which the
 * spans lie that routines make, and metrics of queues, workers, durations and failures. Pass it to any number
 * of flows. It uses what is registered with `npm:@opentelemetry/api` when a flow starts its first job, such as
 * the exporters of Deno with `OTEL_DENO=true`; if nothing is registered, it has no effect.
 *
 * @example A traced flow
 * ```ts
 * import { Flow } from "@millrace/flow";
 * import { openTelemetry } from "@millrace/flow/otel";
 * import { fibonacci } from "../../examples/fibonacci.ts";
 *
 * await using flow = new Flow({ id: "numbers", tracing: openTelemetry() })
 *   .add("fibonacci", fibonacci);
 * const job = await flow.execute("fibonacci.n", 20);
 * console.log(job.status); // completed
 * ```
 */
export function openTelemetry(): Tracing {
  const instruments = new Instruments();
  return {
    workerModule: import.meta.resolve("./worker_context.ts"),
    open: (flow) => new OpenFlow(flow, instruments),
  };
}

/** The spans and the metrics of one flow. */
class OpenFlow implements FlowTrace {
  readonly #spans: FlowSpans;
  readonly #instruments: Instruments;
  readonly #flow: TracedFlow;

  constructor(flow: TracedFlow, instruments: Instruments) {
    this.#flow = flow;
    this.#spans = new FlowSpans(flow.flowId);
    this.#instruments = instruments;
    instruments.observe(flow);
  }

  event(event: JobEvent): void {
    this.#spans.event(event);
    this.#instruments.record(this.#flow.flowId, event);
  }

  attempt(jobId: string, activation: Activation, attempt: number, at: number): string | undefined {
    return this.#spans.attempt(jobId, activation, attempt, at);
  }

  revoked(jobId: string, activationId: string, at: number): void {
    this.#spans.revoked(jobId, activationId, at);
  }

  abandoned(jobId: string, error: Error, at: number): void {
    this.#spans.abandoned(jobId, error, at);
  }

  close(): void {
    this.#spans.close();
    this.#instruments.unobserve(this.#flow);
  }
}

/** Makes `deno compile` include the module that workers import by its URL. Never called. */
export function embedWorkerContext(): Promise<unknown> {
  return import("./worker_context.ts");
}
