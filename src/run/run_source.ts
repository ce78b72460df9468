// The interface between a run and its views: a flow of this process, or a journal. `flow_source.ts` implements it
// for flows.

import type { FlowStats } from "../engine/flow_stats.ts";
import type { JobEvent } from "../engine/job_event.ts";
import type { Flow } from "../flow/flow.ts";
import type { FlowStatus } from "../flow/flow_status.ts";
import type { JobState } from "../flow/job_state.ts";
import type { GraphShape } from "./graph_shape.ts";
import type { JobPage, JobQuery } from "./job_query.ts";
import type { JobRow } from "./run_snapshot.ts";

/** The jobs of one flow, to be looked at: those of a flow in this process, or those of a journal. */
export interface RunSource {
  /** The flow. */
  readonly flowId: string;
  /** The routines and connections of the flow. */
  readonly graph: GraphShape;
  /** The status of the flow; `"recorded"` for a journal. */
  readonly status: FlowStatus | "recorded";
  /** The maximum number of workers; `undefined` for a journal. */
  readonly maxWorkers: number | undefined;
  /** The maximum number of activations that execute at once; `undefined` for a journal. */
  readonly concurrency: number | undefined;
  /** The flow, if it runs in this process, so that actions are possible. */
  readonly flow: Flow | undefined;
  /**
   * Returns the ids of the jobs that were started last, oldest first.
   *
   * @param limit The maximum number of jobs.
   */
  latestIds(limit: number): Iterable<string>;
  /**
   * Returns the stored JobEvents of a job; empty if there is no such job.
   *
   * @param after The number of the JobEvent after which to begin. The default is 0.
   */
  eventsOf(jobId: string, after?: number): readonly JobEvent[];
  /** Returns the state of a job; `undefined` if there is no such job. */
  job(jobId: string): JobState | undefined;
  /** Lists jobs without folding their events; absent if only a `RunFollower` can do so. */
  rows?(query: JobQuery): JobPage;
  /** Returns the row of a job, if `rows` is present; `undefined` if there is no such job. */
  row?(jobId: string): JobRow | undefined;
  /**
   * Returns the present numbers of the flow, if one of its routines has a limit of its own; absent for a journal. Passes
   * through all activations that have not ended.
   */
  stats?(): FlowStats | undefined;
  /**
   * Opens the stream of the JobEvents of all jobs that are stored from now on. It may contain earlier ones of jobs that
   * have not ended.
   *
   * @param onEvent Called with each event, in their order for each job. It must not throw, nor change the run.
   */
  open(onEvent: (event: JobEvent) => void): RunStream;
}

/** The JobEvents of all jobs of a run, from the moment at which it was opened. */
export interface RunStream extends Disposable {
  /** Looks for JobEvents, if the source has to be asked; those of a flow of this process come without. */
  poll(): void;
  /** Resolves when no more events can come, as the flow was closed; never resolves for a journal. */
  readonly closed: Promise<void>;
}
