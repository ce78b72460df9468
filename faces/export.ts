/**
 * Flows and runs in the formats of other tools: diagrams for Mermaid and Graphviz, traces for Perfetto and
 * `chrome://tracing`, and metrics for Prometheus. Nothing here writes a file or opens a port.
 *
 * @example A flow as a Mermaid diagram
 * ```ts
 * import { Flow } from "@millrace/flow";
 * import { mermaid } from "@millrace/flow/export";
 * import { fibonacci } from "../examples/fibonacci.ts";
 *
 * await using flow = new Flow().add("fibonacci", fibonacci);
 * console.log(mermaid(flow).split("\n")[1]); //   r_fibonacci["fibonacci"]
 * ```
 *
 * @module
 */

export { mermaid } from "../src/export/mermaid.ts";
export { dot } from "../src/export/dot.ts";
export type { DiagramOptions, GraphInput } from "../src/export/drawn_graph.ts";
export {
  chromeTrace,
  chromeTraceChunks,
  type ChromeTraceOptions,
} from "../src/export/chrome_trace.ts";
export { PROMETHEUS_CONTENT_TYPE, prometheusText } from "../src/export/prometheus_text.ts";
export type {
  ActivationOutcome,
  AttemptOutcome,
  JobTrace,
  TracedActivation,
  TracedAttempt,
  TracedWait,
} from "../src/run/job_trace.ts";
export { traceOf } from "../src/run/trace_of.ts";
export type {
  ActivationCounts,
  ConnectionSnapshot,
  ErrorSnapshot,
  ExecutingSnapshot,
  FailureGroup,
  JobRow,
  LimitSnapshot,
  ProgressSnapshot,
  RoutineSnapshot,
  RoutineWaits,
  RunSnapshot,
  WorkerSnapshot,
} from "../src/run/run_snapshot.ts";
export type { ConnectionShape, GraphShape, RoutineShape } from "../src/run/graph_shape.ts";
