// The numbers of one job. `RunModel` counts with it. Activations that wait are counted by routine and not held one by
// one, as there may be very many of them.

import type { JobStatus } from "../engine/job.ts";
import type { JobEvent } from "../engine/job_event.ts";
import { count, type Counts, FIRST_OF_ROUTINES, namedCounts, noCounts } from "./counts.ts";
import type { RoutineTally } from "./routine_tally.ts";
import type { ErrorSnapshot, JobRow, ProgressSnapshot } from "./run_snapshot.ts";

/** The numbers of one job. */
export class JobTally {
  readonly jobId: string;
  /** The time at which it was created, in epoch milliseconds. */
  readonly createdAt: number;
  /** The number of the last JobEvent that was counted. */
  seq = 0;
  status: JobStatus = "pending";
  startedAt: number | undefined;
  endedAt: number | undefined;
  /** The numbers of its activations, followed by the numbers of queued ones by routine. */
  readonly counts: Counts;
  /** The routines of activations that are held back, by activation; absent until there is one. */
  held: Map<string, RoutineTally> | undefined;
  /** The routines of open waits, by the id of the wait; absent until there is one. */
  waits: Map<string, RoutineTally> | undefined;
  /** The routine to which its open feed delivers; absent if it has none. */
  feed: RoutineTally | undefined;
  /** The last report of progress, and the activation that made it. */
  progress: { readonly activationId: string; readonly data: ProgressSnapshot } | undefined;
  error: ErrorSnapshot | undefined;
  /** `true` while it is among the jobs that have not ended. */
  isOpen = false;
  /** `true` from its `job_stopping` on, as an activation that is queued after that is dropped. */
  isStopping = false;
  /**
   * `true` while the events are those that a rerun has copied from an older job. They make its state, and nothing of
   * that was executed again.
   */
  isCopy: boolean;

  constructor(first: JobEvent, routines: number) {
    this.counts = noCounts(routines);
    this.jobId = first.jobId;
    this.createdAt = createdAtOf(first);
    this.isCopy = first.type === "job_started" && first.createdAt !== undefined;
  }

  /** Returns the number of queued activations of a routine. */
  queuedOf({ index }: RoutineTally): number {
    return this.counts[FIRST_OF_ROUTINES + index] ?? 0;
  }

  /** Adds to the number of queued activations of a routine. */
  addQueued({ index }: RoutineTally, by: number): void {
    // A routine that the graph does not have may come last.
    count(this.counts, FIRST_OF_ROUTINES + index, by);
  }

  /**
   * Returns the job as a row of a list.
   *
   * @param executingRoutines The routines that execute for it.
   */
  row(executingRoutines: readonly string[]): JobRow {
    const { jobId, status, createdAt, startedAt, endedAt, error, progress } = this;
    return {
      jobId,
      status,
      createdAt,
      startedAt,
      endedAt,
      ...namedCounts(this.counts),
      executingRoutines,
      progress: progress?.data,
      error,
    };
  }
}

/** Returns the time at which a job was created; for a job whose first events are missing, that of the first known one. */
export function createdAtOf(first: JobEvent): number {
  return (first.type === "job_started" ? first.createdAt : undefined) ?? first.at;
}
