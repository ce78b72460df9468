// The program that the tests of `./otel` run with a collector: the scenario is its argument.

import { trace } from "npm:@opentelemetry/api@1.9.1";
import { Flow, type FlowOptions } from "@millrace/flow";
import { openTelemetry } from "@millrace/flow/otel";
import { WorkerPool } from "@millrace/flow/pool";
import { startProcess } from "../../examples/process_worker.ts";
import { caller, flaky, source, worker } from "./routines.ts";

const tracer = trace.getTracer("program");

/** A flow that sends names to two workers, by way of a handler that awaits and one that does not. */
function names(options: FlowOptions = {}) {
  return new Flow({ id: "names", maxWorkers: 2, tracing: openTelemetry(), ...options })
    .add("source", source)
    .add("slow", worker)
    .add("quick", worker)
    .connect("source.name", "slow.item")
    .connect("slow.next", "quick.quick");
}

/** Waits until the collector has a span, or a metric with a value. */
async function exported(name: string, value?: number): Promise<void> {
  const collector = Deno.env.get("OTEL_EXPORTER_OTLP_ENDPOINT");
  const response = await fetch(`${collector}/${encodeURIComponent(name)}/${value ?? ""}`);
  await response.body?.cancel();
}

const SCENARIOS: Readonly<Record<string, () => Promise<void>>> = {
  async jobs() {
    await using flow = names();
    const started = ["a", "b"].map((name) =>
      tracer.startActiveSpan(`request ${name}`, (span) => {
        const job = flow.start("source.names", [`${name}1`, `${name}2`, `${name}3`]);
        span.end();
        return job;
      })
    );
    await Promise.all(started.map((job) => job.waitForCompletion()));
  },
  async many() {
    await using flow = names({ concurrency: 8 });
    await flow.execute("source.names", Array.from({ length: 200 }, (_, i) => `n${i}`));
  },
  async failures() {
    await using flow = new Flow({ id: "failures", maxWorkers: 1, tracing: openTelemetry() })
      .add("retried", flaky, { onError: { strategy: "retry", maxRetries: 2, delay: 0 } })
      .add("failed", flaky);
    await flow.execute("retried.fails", 2);
    await flow.execute("failed.fails", 1);
  },
  async crashes() {
    await using flow = new Flow({ id: "crashes", maxWorkers: 1, tracing: openTelemetry() })
      .add("flaky", flaky, { onError: { strategy: "retry", maxRetries: 1, delay: 0 } });
    await flow.execute("flaky.closes");
  },
  async called() {
    await using flow = new Flow({ id: "called", maxWorkers: 1, tracing: openTelemetry() })
      .add("caller", caller);
    await flow.execute("caller.updates");
    const job = flow.start("caller.stops");
    for await (const { type } of flow.events({ jobId: job.jobId })) {
      if (type === "activation_progressed") flow.cancel(job, "enough");
    }
  },
  async processes() {
    await using pool = new WorkerPool({ startWorker: startProcess, maxWorkers: 1 });
    await using flow = names({ pool });
    await flow.execute("source.names", ["p"]);
    // The process is killed with its pool.
    await exported("p quick");
  },
  async metrics() {
    await using flow = new Flow({ id: "metrics", maxWorkers: 1, tracing: openTelemetry() })
      .add("retried", flaky, { onError: { strategy: "retry", maxRetries: 2, delay: 0 } })
      .add("failed", flaky)
      .add("waits", caller);
    await flow.execute("retried.fails", 2);
    await flow.execute("failed.fails", 1);
    const waits = flow.start("waits.stops");
    for await (const { type } of flow.events({ jobId: waits.jobId })) {
      if (type === "activation_progressed") break;
    }
    for (let i = 0; i < 3; i++) flow.start("retried.fails", 0);
    await exported("millrace.queue", 3);
  },
  async limits() {
    const options = { maxWorkers: 1, concurrency: 2, tracing: openTelemetry() };
    await using flow = new Flow({ id: "limits", ...options })
      .add("waits", caller, { concurrency: 1 });
    for (let i = 0; i < 3; i++) flow.start("waits.stops");
    await exported("millrace.limited", 2);
  },
  async printed() {
    await using flow = names();
    const job = await flow.execute("source.names", ["x", "y"]);
    console.log(job.status, [...flow.events({ jobId: job.jobId }).take()].length);
  },
};

const [name = "", ...others] = Deno.args;
if (others.length > 0) throw new TypeError("give one scenario");
await SCENARIOS[name]?.();
