import type { JobStatus } from "../engine/job.ts";
import type { JobEvent } from "../engine/job_event.ts";
import { type Counts, namedCounts, noCounts } from "./counts.ts";
import type { RoutineTally } from "./routine_tally.ts";
import type { ErrorSnapshot, JobRow, ProgressSnapshot } from "./run_snapshot.ts";

/** The numbers of one job, and its activations that have not ended. */
export class JobTally {
  readonly jobId: string;
  /** The time at which it was created, in epoch milliseconds. */
  readonly createdAt: number;
  /** The number of the last JobEvent that was counted. */
  seq = 0;
  status: JobStatus = "pending";
  startedAt: number | undefined;
  endedAt: number | undefined;
  readonly counts: Counts = noCounts();
  /** The activations that have not ended, by id. */
  readonly open = new Map<string, OpenActivation>();
  /** The routines of open waits, by the id of the wait. */
  readonly waits = new Map<string, RoutineTally>();
  /** The last report of progress, and the activation that made it. */
  progress: { readonly activationId: string; readonly data: ProgressSnapshot } | undefined;
  error: ErrorSnapshot | undefined;
  /** `true` from its `job_stopping` on, as an activation that is queued after that is dropped. */
  isStopping = false;

  constructor(first: JobEvent) {
    this.jobId = first.jobId;
    this.createdAt = (first.type === "job_started" ? first.createdAt : undefined) ?? first.at;
  }

  /** Returns the job as a row of a list. */
  row(): JobRow {
    const { jobId, status, createdAt, startedAt, endedAt, error, progress } = this;
    return {
      jobId,
      status,
      createdAt,
      startedAt,
      endedAt,
      ...namedCounts(this.counts),
      executingRoutines: this.#executingRoutines(),
      progress: progress?.data,
      error,
    };
  }

  #executingRoutines(): string[] {
    const ids = new Set<string>();
    for (const { routine, workerId } of this.open.values()) {
      if (workerId !== undefined) ids.add(routine.routineId);
      if (ids.size === MAX_ROUTINES) break;
    }
    return [...ids];
  }
}

/** The maximum number of routines in a row. */
const MAX_ROUTINES = 10;

/** An activation of a job that has not ended. */
export interface OpenActivation {
  /** Its routine. */
  readonly routine: RoutineTally;
  /** The index of its state in the counts: queued, held or executing. */
  state: number;
  /** The worker that executes it. */
  workerId: string | undefined;
}
