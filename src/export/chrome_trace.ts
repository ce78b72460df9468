// Runs in the Trace Event Format of Chrome, which Perfetto and `chrome://tracing` open. `trace_events.ts` makes the
// events, and `trace_time.ts` their times.

import type { JobTrace } from "../run/job_trace.ts";
import { traceEvents } from "./trace_events.ts";

/**
 * Writes the course of jobs as a Chrome trace in JSON, for [Perfetto](https://ui.perfetto.dev) or `chrome://tracing`.
 * The workers of each flow are threads, and the attempts their slices; a worker that executes several activations at
 * once has a thread for each. Arrows lead from the attempt that emitted a payload to the attempt that received it.
 * Jobs, and the times that activations wait for a worker, for the delay of a retry, or for a signal, have tracks of
 * their own. An attempt that a rerun has copied from an older job is left to that job.
 *
 * @example The trace of the jobs of a flow, in a file
 * ```ts
 * import { Flow } from "@millrace/flow";
 * import { chromeTrace, type JobTrace, traceOf } from "@millrace/flow/export";
 * import { fibonacci } from "../../examples/fibonacci.ts";
 *
 * await using flow = new Flow({ id: "numbers" }).add("fibonacci", fibonacci);
 * const job = await flow.execute("fibonacci.n", 20);
 * const events = await Array.fromAsync(flow.events({ jobId: job.jobId }));
 * const traces: JobTrace[] = [traceOf(events)!];
 * const path = `${Deno.makeTempDirSync()}/trace.json`;
 * await Deno.writeTextFile(path, chromeTrace(traces));
 * ```
 *
 * @param traces The jobs.
 * @param options The end of what has not ended.
 * @returns The JSON.
 */
export function chromeTrace(traces: Iterable<JobTrace>, options?: ChromeTraceOptions): string {
  return [...chromeTraceChunks(traces, options)].join("");
}

/** The options of a trace. */
export interface ChromeTraceOptions {
  /**
   * The time up to which what has not ended is drawn, in epoch milliseconds.
   *
   * @default Up to the last event of its job.
   */
  readonly now?: number | undefined;
}

/** The number of characters from which a chunk is passed on. */
const CHUNK = 65_536;

/**
 * Writes the same as {@linkcode chromeTrace} in parts of about 64 kB, for runs whose trace is too long for one
 * string.
 *
 * @example A trace that is written as it is made
 * ```ts
 * import { chromeTraceChunks } from "@millrace/flow/export";
 *
 * const path = `${Deno.makeTempDirSync()}/trace.json`;
 * await Deno.writeTextFile(path, ReadableStream.from(chromeTraceChunks([])));
 * ```
 *
 * @param traces The jobs.
 * @param options The end of what has not ended.
 * @returns The parts of the JSON, in order.
 */
export function* chromeTraceChunks(
  traces: Iterable<JobTrace>,
  options: ChromeTraceOptions = {},
): Generator<string, void, undefined> {
  const jobs = [...traces];
  const startedAt = jobs.reduce((first, { createdAt }) => Math.min(first, createdAt), Infinity);
  const about = {
    flows: [...new Set(jobs.map(({ flowId }) => flowId))],
    ...jobs.length > 0 && { startedAt: new Date(startedAt).toISOString() },
  };
  let chunk = `{"displayTimeUnit":"ms","otherData":${JSON.stringify(about)},"traceEvents":[`;
  let separator = "\n";
  for (const event of traceEvents(jobs, startedAt, options.now)) {
    chunk += separator + JSON.stringify(event);
    separator = ",\n";
    if (chunk.length < CHUNK) continue;
    yield chunk;
    chunk = "";
  }
  yield `${chunk}\n]}\n`;
}
