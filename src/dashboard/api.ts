// The JSON that the dashboard's server and its page exchange. The page imports these types; `routes.ts` answers with
// them.
//
//   GET  /api/flows                                  FlowInfo[]
//   GET  /api/flows/:flow/snapshot                   RunSnapshot
//   GET  /api/flows/:flow/stream                     SSE: `snapshot` (RunSnapshot) at most four times a second, on change;
//                                                    `flow` (FlowInfo) when status, breakpoints or stops have changed;
//                                                    `end` when the flow is closed
//   GET  /api/flows/:flow/jobs?status=&q=&offset=&limit=   JobPage
//   GET  /api/flows/:flow/jobs/:job                  JobDetail
//   GET  /api/flows/:flow/jobs/:job/stream?after=    SSE: `job` (JobEventView), the id is its `seq`; `end` when the job has ended
//   GET  /api/flows/:flow/jobs/:job/value?path=      text/plain: the whole of a value that a view shows cut off
//   POST /api/flows/:flow/actions                    Action -> ActionResult
//   GET  /metrics                                    the numbers of all flows in the text format of Prometheus
//
// In a path, the ids `.` and `..` are written `%00.` and `%00..`, as browsers remove these segments, even encoded.
// A stream may end without `end`; the client connects again then, and goes on by `Last-Event-ID` where it was.
// Every request carries `Authorization: Bearer <token>`. An error is answered with a status of 4xx or 5xx and an ApiError.

import type { JobCounts } from "../engine/job.ts";
import type { JobWait } from "../engine/job_waits.ts";
import type { SerializedError } from "../data/serialized_error.ts";
import type { FlowStatus } from "../flow/flow_status.ts";
import type { GraphShape } from "../run/graph_shape.ts";
import type { JobTrace } from "../run/job_trace.ts";
import type { JobRow } from "../run/run_snapshot.ts";

/** A flow, for the page. */
export interface FlowInfo {
  /** The flow. */
  readonly flowId: string;
  /** Its status. */
  readonly status: FlowStatus | "recorded";
  /** Its graph. */
  readonly graph: GraphShape;
  /** `true` if actions are possible: the flow runs in this process. */
  readonly canAct: boolean;
  /** The routines with a breakpoint. */
  readonly breakpoints: readonly string[];
  /** The jobs that a breakpoint has stopped, with the activation that is next. */
  readonly stopped: readonly StoppedJob[];
}

/** A job that a breakpoint has stopped. */
export interface StoppedJob {
  /** The job. */
  readonly jobId: string;
  /** The activation that is next. */
  readonly activationId: string;
  /** Its routine. */
  readonly routineId: string;
}

/** A value for display: text, which may be cut off. */
export interface ShownValue {
  /** The value as indented text, at most a few thousand characters. */
  readonly text: string;
  /** The path with which `/value` returns the whole text; absent if `text` is whole. */
  readonly more?: string | undefined;
  /** The number of characters of the whole text; about this number, or more, if `more` is present. */
  readonly length: number;
}

/** A job in detail. */
export interface JobDetail {
  /** Its numbers. */
  readonly row: JobRow;
  /** Its counts. */
  readonly counts: JobCounts;
  /** Its activations, at most the last 5,000. Those of a job with very many events are derived from its last events. */
  readonly trace: JobTrace;
  /** The number of activations that are left out of the trace. */
  readonly omitted: number;
  /** The shared data, by key. */
  readonly sharedData: readonly { readonly key: string; readonly value: ShownValue }[];
  /** The states of its routines, by id. */
  readonly routineStates: readonly { readonly routineId: string; readonly value: ShownValue }[];
  /** The last entries of the shared log. */
  readonly log: readonly LogRow[];
  /** The payloads of the last activations of the trace that failed, by activation. */
  readonly failedPayloads: readonly { readonly activationId: string; readonly value: ShownValue }[];
  /** The error that failed or cancelled it. */
  readonly error: SerializedError | undefined;
  /** The last records of its history. */
  readonly history: readonly HistoryRow[];
  /** All that it waits for, at most the 50 waits of most activations. */
  readonly waits: readonly JobWait[];
  /** The number of waits that are left out, as each key of a limit has one of its own. */
  readonly omittedWaits: number;
  /** The signals that it waits for. */
  readonly waitingFor: readonly {
    readonly signal: string;
    readonly routineId: string;
    readonly since: number;
  }[];
}

/** An entry of a shared log. */
export interface LogRow {
  readonly timestamp: number;
  readonly routineId: string;
  readonly value: ShownValue;
}

/** A record of a history. */
export interface HistoryRow {
  readonly timestamp: number;
  readonly event: string;
  readonly routineId: string;
  readonly slot: string;
  readonly activationId: string;
  readonly attempt: number;
  readonly workerId?: string | undefined;
  readonly data?: ShownValue | undefined;
}

/** A JobEvent, for display. */
export interface JobEventView {
  readonly seq: number;
  readonly at: number;
  readonly type: string;
  readonly activationId?: string | undefined;
  readonly routineId?: string | undefined;
  /** The other fields, as text. */
  readonly value: ShownValue;
}

/** An action of the viewer. */
export type Action =
  | { readonly type: "pause"; readonly jobId?: string }
  | { readonly type: "resume"; readonly jobId?: string }
  | { readonly type: "cancel"; readonly jobId: string; readonly reason?: string }
  /** Starts a new job from the history of one, from an activation on. */
  | { readonly type: "rerun"; readonly jobId: string; readonly from: string }
  | {
    readonly type: "signal";
    readonly jobId: string;
    readonly signal: string;
    readonly payload?: unknown;
  }
  | { readonly type: "breakpoint"; readonly routineId: string; readonly isSet: boolean }
  /** Lets the next activation of a stopped job begin. */
  | { readonly type: "step"; readonly jobId: string }
  /** Lets a stopped job go on to the next breakpoint. */
  | { readonly type: "continue"; readonly jobId: string };

/** The result of an action. */
export interface ActionResult {
  /** A sentence that says what was done. */
  readonly message: string;
  /** The new job of a rerun. */
  readonly jobId?: string | undefined;
}

/** The answer to a request that failed. */
export interface ApiError {
  /** The name of the error. */
  readonly name: string;
  /** The message. */
  readonly message: string;
}
