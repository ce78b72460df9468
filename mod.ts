/**
 * Millrace runs event-driven flows of routines on a pool of Web Workers. A routine has named slots (inputs)
 * and named events (outputs); a flow connects them; a job is one run of a flow, with its own shared data,
 * log, routine states and history. `maxWorkers` limits the number of threads, and `concurrency` the number of
 * activations that execute at once, in all jobs together; by default, both are equal.
 *
 * @example Two routines, one flow, one job
 * ```ts
 * import { Flow } from "@millrace/flow";
 * import { fibonacci, total } from "./examples/fibonacci.ts";
 *
 * await using flow = new Flow({ maxWorkers: 2 })
 *   .add("fibonacci", fibonacci)
 *   .add("total", total)
 *   .connect("fibonacci.result", "total.number");
 *
 * const job = await flow.execute("fibonacci.n", 20);
 * console.log(job.sharedData.total); // 6765
 * ```
 *
 * @module
 */

export { defineRoutine, type RoutineOptions } from "./src/routine/define_routine.ts";
export {
  event,
  type EventPayload,
  type EventPort,
  type Events,
  type Slot,
  slot,
  type SlotPayload,
  type Slots,
} from "./src/routine/port.ts";
export type {
  EmitOptions,
  RoutineContext,
  RoutineState,
  SharedData,
  SharedLog,
  TransferOptions,
  WaitForOptions,
} from "./src/routine/routine_context.ts";
export type { Routine } from "./src/routine/routine.ts";
export type { Schema } from "./src/routine/schema.ts";
export { ERROR_EVENT, type FailedPayload } from "./src/routine/error_event.ts";
export { Flow } from "./src/flow/flow.ts";
export type { AddOptions, LimitBy } from "./src/flow/add_options.ts";
export type {
  CloseOptions,
  ConnectOptions,
  FlowOptions,
  RecoverOptions,
  RerunOptions,
  WithdrawOptions,
} from "./src/flow/flow_options.ts";
export type { HighWaterMark } from "./src/flow/high_water_mark.ts";
export type { ExecuteOptions, StartOptions } from "./src/flow/start_options.ts";
export type { FeedOptions } from "./src/flow/feed_options.ts";
export type { FeedSource } from "./src/flow/feed_source.ts";
export type { FlowStatus } from "./src/flow/flow_status.ts";
export type { EventsOptions, EventStream } from "./src/flow/events_options.ts";
export type { Stepping, StoppedJob } from "./src/flow/stepping.ts";
export type { JobState, JobStateJson, WaitOptions } from "./src/flow/job_state.ts";
export type { Rate } from "./src/engine/rate_window.ts";
export type { FlowStats, LimitStats, RoutineStats } from "./src/engine/flow_stats.ts";
export type { JobWait, WaitReason } from "./src/engine/job_waits.ts";
export type { Fallback, Policy, RoutinePolicy, Strategy } from "./src/graph/policy.ts";
export type { FlowIssue } from "./src/graph/flow_issue.ts";
export type { Connection, FlowNode, Graph } from "./src/graph/graph.ts";
export type { ExecutionRecord, Span } from "./src/engine/history_of.ts";
export type { JobEvent } from "./src/engine/job_event.ts";
export type { JobCounts, JobStatus, LogEntry, RecordedError } from "./src/engine/job.ts";
export { MillraceError } from "./src/errors/millrace_error.ts";
