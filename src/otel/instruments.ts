// The metrics of flows. `OpenFlow` passes JobEvents to `record`, and its flow to `observe` for the numbers that
// are read when they are exported.

import {
  type Counter,
  type Histogram,
  metrics,
  type Observable,
  type ObservableResult,
} from "npm:@opentelemetry/api@1.3.0";
import type { Execution, JobEvent } from "../engine/job_event.ts";
import type { TracedFlow } from "../flow/tracing.ts";
import { ATTRIBUTE, SCOPE } from "./attributes.ts";

/** The upper bounds of durations, in seconds, as the default ones are meant for milliseconds. */
const SECONDS = [0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1, 5, 10, 60, 300, 1_800, 3_600];

/** The metrics of all flows with the same tracing. */
export class Instruments {
  readonly #flows = new Set<TracedFlow>();
  #made: Made | undefined;
  readonly #observeQueues = (result: ObservableResult) => this.#queues(result, "queued");
  readonly #observeLimited = (result: ObservableResult) => this.#queues(result, "limited");
  readonly #observeBusy = (result: ObservableResult) => this.#workers(result, "busy");
  readonly #observeLive = (result: ObservableResult) => this.#workers(result, "live");

  /** Adds a flow, whose numbers are read whenever the metrics are exported. */
  observe(flow: TracedFlow): void {
    this.#flows.add(flow);
    if (this.#flows.size > 1) return;
    // Made only now, as a provider has to be registered before.
    const { queue, limited, busy, live } = this.#made ??= made();
    queue.addCallback(this.#observeQueues);
    limited.addCallback(this.#observeLimited);
    busy.addCallback(this.#observeBusy);
    live.addCallback(this.#observeLive);
  }

  /** Removes a flow that is closed. */
  unobserve(flow: TracedFlow): void {
    if (!this.#flows.delete(flow) || this.#flows.size > 0) return;
    this.#made?.queue.removeCallback(this.#observeQueues);
    this.#made?.limited.removeCallback(this.#observeLimited);
    this.#made?.busy.removeCallback(this.#observeBusy);
    this.#made?.live.removeCallback(this.#observeLive);
  }

  /** Records the durations and failures of an event. */
  record(flowId: string, event: JobEvent): void {
    switch (event.type) {
      case "activation_completed":
        return this.#execution(flowId, event, event);
      case "activation_retrying":
        return this.#failure(flowId, event, "retried");
      case "activation_failed":
        return this.#failure(flowId, event, event.handled ? "handled" : "failed");
      case "activation_skipped":
        return this.#failure(flowId, event, "skipped");
      case "job_completed":
      case "job_failed":
      case "job_cancelled":
        return this.#made?.jobs.add(1, {
          [ATTRIBUTE.flow]: flowId,
          [ATTRIBUTE.status]: event.type.slice("job_".length),
        });
      default:
        // The others are neither the end of an attempt nor that of a job.
    }
  }

  #execution(
    flowId: string,
    { routineId, slot }: Place,
    execution: Execution | undefined,
    error?: string,
  ): void {
    if (execution === undefined) return;
    const { startedAt, endedAt } = execution;
    this.#made?.duration.record(Math.max(0, endedAt - startedAt) / 1_000, {
      [ATTRIBUTE.flow]: flowId,
      [ATTRIBUTE.routine]: routineId,
      [ATTRIBUTE.slot]: slot,
      ...error !== undefined && { [ATTRIBUTE.error]: error },
    });
  }

  #failure(flowId: string, event: Failed, outcome: string): void {
    const { routineId, slot, error: { name } } = event;
    this.#execution(flowId, event, event.execution, name);
    this.#made?.failures.add(1, {
      [ATTRIBUTE.flow]: flowId,
      [ATTRIBUTE.routine]: routineId,
      [ATTRIBUTE.slot]: slot,
      [ATTRIBUTE.error]: name,
      [ATTRIBUTE.outcome]: outcome,
    });
  }

  #queues(result: ObservableResult, which: "queued" | "limited"): void {
    // Several flows can have the same id.
    const sizes = new Map<string, number>();
    for (const { flowId, [which]: size } of this.#flows) {
      if (size !== undefined) sizes.set(flowId, (sizes.get(flowId) ?? 0) + size);
    }
    for (const [flowId, size] of sizes) result.observe(size, { [ATTRIBUTE.flow]: flowId });
  }

  /** Counts each pool once, as flows can share one. */
  #workers(result: ObservableResult, which: "busy" | "live"): void {
    let workers = 0;
    for (const pool of new Set([...this.#flows].map(({ pool }) => pool))) {
      workers += pool.stats()[which];
    }
    result.observe(workers);
  }
}

type Place = Pick<Extract<JobEvent, { type: "activation_completed" }>, "routineId" | "slot">;
type Failed = Extract<JobEvent, { error: { name: string }; routineId: string; slot: string }>;

interface Made {
  readonly queue: Observable;
  readonly limited: Observable;
  readonly busy: Observable;
  readonly live: Observable;
  readonly duration: Histogram;
  readonly failures: Counter;
  readonly jobs: Counter;
}

function made(): Made {
  const meter = metrics.getMeter(SCOPE);
  const seconds = {
    description: "The time that the handler took, for each attempt that completed or failed",
    unit: "s",
    // Known to newer versions of the package than the one that this module is written for.
    advice: { explicitBucketBoundaries: SECONDS },
  };
  return {
    queue: meter.createObservableUpDownCounter("millrace.queue", {
      description: "Activations that wait for a worker, or for a time",
      unit: "{activation}",
    }),
    limited: meter.createObservableUpDownCounter("millrace.limited", {
      description: "Activations in the queue that wait for a limit of their routine",
      unit: "{activation}",
    }),
    busy: meter.createObservableUpDownCounter("millrace.workers.busy", {
      description: "Workers that execute activations",
      unit: "{worker}",
    }),
    live: meter.createObservableUpDownCounter("millrace.workers.live", {
      description: "Workers that are starting, ready or busy",
      unit: "{worker}",
    }),
    duration: meter.createHistogram("millrace.activation.duration", seconds),
    failures: meter.createCounter("millrace.activation.failures", {
      description: "Attempts that failed",
      unit: "{attempt}",
    }),
    jobs: meter.createCounter("millrace.jobs.ended", {
      description: "Jobs that have ended",
      unit: "{job}",
    }),
  };
}
