/**
 * Traces and metrics of flows by OpenTelemetry: a span for each job, activation and attempt, across the
 * workers, with the spans that routines make below them.
 *
 * @example A traced flow
 * ```ts
 * import { Flow } from "@millrace/flow";
 * import { openTelemetry } from "@millrace/flow/otel";
 * import { fibonacci } from "../examples/fibonacci.ts";
 *
 * await using flow = new Flow({ tracing: openTelemetry() }).add("fibonacci", fibonacci);
 * const job = await flow.execute("fibonacci.n", 20);
 * console.log(job.status); // completed
 * ```
 *
 * @module
 */

export { openTelemetry } from "../src/otel/open_telemetry.ts";
