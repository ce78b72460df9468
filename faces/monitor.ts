/**
 * Shows the state of all jobs of a flow while it runs: in a block on a terminal, as lines, as JSON, or by a renderer of
 * one's own. It also exports the numbers of a run, and the course of its jobs, as plain data.
 *
 * @example One line in a program
 * ```ts
 * import { Flow } from "@millrace/flow";
 * import { monitor } from "@millrace/flow/monitor";
 *
 * await using flow = new Flow();
 * using view = monitor(flow);
 * ```
 *
 * @module
 */

export { type Monitor, monitor } from "../src/monitor/monitor.ts";
export type { MonitorOptions, RendererName } from "../src/monitor/monitor_options.ts";
export type { Renderer } from "../src/monitor/renderer.ts";
export { blockRenderer } from "../src/monitor/block_renderer.ts";
export { TestRenderer } from "../src/monitor/test_renderer.ts";
export type { TerminalSize } from "../src/terminal/terminal.ts";
export type { ConnectionShape, GraphShape, RoutineShape } from "../src/run/graph_shape.ts";
export type * from "../src/run/job_query.ts";
export type * from "../src/run/run_snapshot.ts";
export {
  type ActivationOutcome,
  type AttemptOutcome,
  type JobTrace,
  type TracedActivation,
  type TracedAttempt,
  type TracedWait,
} from "../src/run/job_trace.ts";
