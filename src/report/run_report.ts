// All that the reports of a run show, as plain data that survives JSON. `report_of.ts` makes it from the jobs of a
// run; the terminal and the HTML report draw it.

import type { GraphShape } from "../run/graph_shape.ts";
import type { JobTrace } from "../run/job_trace.ts";
import type { JobRow, RunSnapshot } from "../run/run_snapshot.ts";

/** The jobs of a run, for a report. */
export interface RunReport {
  /** The version of this format. */
  readonly version: 1;
  /** The flow. */
  readonly flowId: string;
  /** The time at which the report was made, in epoch milliseconds. */
  readonly at: number;
  /** The graph of the flow. */
  readonly graph: GraphShape;
  /** The numbers of the whole run, including jobs that are left out of `jobs`. */
  readonly snapshot: RunSnapshot;
  /** The jobs in detail, oldest first. */
  readonly jobs: readonly ReportedJob[];
  /** The number of jobs that are left out of `jobs`, as there were too many. */
  readonly omittedJobs: number;
  /** The longest executions, longest first. */
  readonly slowest: readonly SlowExecution[];
}

/** A job in detail. */
export interface ReportedJob {
  /** Its numbers. */
  readonly row: JobRow;
  /** Its activations. */
  readonly trace: JobTrace;
  /** The chain of waiting and executing that determined its duration, in order of time. */
  readonly criticalPath: readonly PathStep[];
}

/** A step of a critical path. */
export interface PathStep {
  /**
   * The kind of step: an activation waits for a worker (`queued`), waits for the delay of a retry (`delayed`), executes,
   * or a routine waits for a signal (`signal`).
   */
  readonly kind: "queued" | "delayed" | "executing" | "signal";
  /** The routine. */
  readonly routineId: string;
  /** The activation. */
  readonly activationId: string;
  /** The attempt, from 1; 0 before the first. */
  readonly attempt: number;
  /** The start of the step, in epoch milliseconds. */
  readonly startedAt: number;
  /** The end of the step, in epoch milliseconds. */
  readonly endedAt: number;
}

/** An execution among the longest. */
export interface SlowExecution {
  /** The job. */
  readonly jobId: string;
  /** The activation. */
  readonly activationId: string;
  /** The routine. */
  readonly routineId: string;
  /** The attempt, from 1. */
  readonly attempt: number;
  /** The worker. */
  readonly workerId: string;
  /** Its start, in epoch milliseconds. */
  readonly startedAt: number;
  /** Its duration, in milliseconds. */
  readonly duration: number;
}
