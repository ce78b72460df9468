// All that the reports of a run show, as plain data that survives JSON. `report_of.ts` makes it from the jobs of a
// run; the terminal and the HTML report draw it.

import type { GraphShape } from "../run/graph_shape.ts";
import type { JobTrace } from "../run/job_trace.ts";
import type { JobRow, RunSnapshot } from "../run/run_snapshot.ts";

/**
 * The jobs of a run, for a report. It is plain data.
 *
 * @example The time that the slowest execution took
 * ```ts
 * import type { RunReport } from "@millrace/flow/report";
 *
 * const slowest = ({ slowest }: RunReport): number => slowest[0]?.duration ?? 0;
 * ```
 */
export interface RunReport {
  /** The version of this format. */
  readonly version: 1;
  /** The flow. */
  readonly flowId: string;
  /** The time at which the report was made, in epoch milliseconds. */
  readonly at: number;
  /** The time from which on executions are part of the figures and of the timeline, if it was given. */
  readonly since: number | undefined;
  /** The graph of the flow. */
  readonly graph: GraphShape;
  /**
   * The numbers of the whole run, including jobs that are left out of `jobs`. Those of a flow with limits that runs
   * contain the present waits for them.
   */
  readonly snapshot: RunSnapshot;
  /** The times of the whole run. */
  readonly figures: RunFigures;
  /** The jobs in detail, oldest first. */
  readonly jobs: readonly ReportedJob[];
  /** The number of jobs that are left out of `jobs`, as there were too many. */
  readonly omittedJobs: number;
  /** The longest executions, longest first. */
  readonly slowest: readonly SlowExecution[];
  /** The times that the attempts of each routine have waited, of the one that has waited most first. */
  readonly queueTimes: readonly QueueTimes[];
}

/**
 * The times that the attempts of a routine have waited from the moment at which they could begin: for a worker, for a
 * limit of the routine, for other jobs, or as the job was paused. The events do not distinguish these. A delay is not part
 * of them.
 */
export interface QueueTimes {
  /** The routine. */
  readonly routineId: string;
  /** The number of attempts. */
  readonly attempts: number;
  /** The median, in milliseconds. */
  readonly p50: number;
  /** The time that 95 of 100 attempts do not exceed, in milliseconds. */
  readonly p95: number;
  /** The longest time, in milliseconds. */
  readonly max: number;
  /** The total of all attempts, in milliseconds. */
  readonly total: number;
}

/** The times of a run. Times are epoch milliseconds, durations are milliseconds. */
export interface RunFigures {
  /** The start of the first job, or the time from which on executions are included. */
  readonly startedAt: number;
  /** The end of the last job, or the last event of a job that has not ended. */
  readonly endedAt: number;
  /** The time between the two. */
  readonly wall: number;
  /** The total duration of all executions. */
  readonly busy: number;
  /**
   * The longest chain of executions of one job, each of which was queued by the previous one. Of an execution that went
   * on after it had queued the next one, the chain has the part before.
   */
  readonly chain: number;
  /**
   * The time that no schedule can beat: `chain`, or `busy` divided by `limit` if that is greater and the limit is
   * known.
   */
  readonly lowerBound: number;
  /** `wall` divided by `lowerBound`; `undefined` if nothing was executed. */
  readonly ratio: number | undefined;
  /** The number of executions that have ended. */
  readonly executions: number;
  /** The maximum number of executions at the same time. */
  readonly maxConcurrent: number;
  /** The maximum number of activations that may execute at once, if known. */
  readonly limit: number | undefined;
}

/** A job in detail. */
export interface ReportedJob {
  /** Its numbers. */
  readonly row: JobRow;
  /** Its activations. If the job goes on in this process, `lastAt` is the time of the report. */
  readonly trace: JobTrace;
  /** The number of activations that are left out of `trace`, as there were too many. */
  readonly omittedActivations: number;
  /** The chain of waiting and executing that determined its duration, in order of time. */
  readonly criticalPath: readonly PathStep[];
}

/** A step of a critical path. */
export interface PathStep {
  /**
   * The kind of step: an activation waits for a worker (`queued`), waits for the delay of a retry (`delayed`), executes,
   * a routine waits for a signal (`signal`), or the job waits for the item of its feed that is the payload of the
   * activation (`feed`).
   */
  readonly kind: "queued" | "delayed" | "executing" | "signal" | "feed";
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
