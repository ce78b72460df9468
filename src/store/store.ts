import type { Job, JobStatus } from "../engine/job.ts";
import type { JobEvent } from "../engine/job_event.ts";

/** Which jobs to list. */
export interface JobFilter {
  /** Jobs of this status, or of one of these. */
  readonly status?: JobStatus | readonly JobStatus[];
  /** Jobs made at this time or later, in epoch milliseconds. */
  readonly since?: number;
  /**
   * At most so many, the newest.
   *
   * @default {Infinity}
   */
  readonly limit?: number;
}

/** A job in a list. */
export interface JobSummary {
  /** The job. */
  readonly jobId: string;
  /** Its flow. */
  readonly flowId: string;
  /** How it is. */
  readonly status: JobStatus;
  /** When it was made, in epoch milliseconds. */
  readonly createdAt: number;
  /** When it ended, in epoch milliseconds. */
  readonly endedAt: number | undefined;
}

/** What a store keeps of a job. */
export interface StoredJob {
  /** The job as it was after `snapshot.seq` JobEvents; absent if there is none. */
  readonly snapshot: Job | undefined;
  /** The JobEvents kept, in order: those after the snapshot, and before it as many as are kept. */
  readonly events: readonly JobEvent[];
}

/** A flow as a store knows it: what has to be the same for its jobs to go on. */
export interface FlowShape {
  /** The flow's id. */
  readonly flowId: string;
  /** A line for each routine and each connection, sorted. */
  readonly lines: readonly string[];
}

/** Where the JobEvents of a flow are kept: in memory, or in a journal. */
export interface Store {
  /** Whether jobs outlive the process. */
  readonly isDurable: boolean;
  /**
   * Begins to write for a flow.
   *
   * @param shape The flow's shape, which is kept with the jobs.
   * @throws {StoreError} If the store cannot be written.
   */
  open(shape: FlowShape): void;
  /**
   * Commits JobEvents, all or none. They may be of several jobs.
   *
   * @throws {StoreError} If that is impossible; nothing was kept then.
   */
  append(events: readonly JobEvent[]): void;
  /** Keeps a job as it is after `job.seq` JobEvents, which have all been appended. */
  snapshot(job: Job): void;
  /** What is kept of a job, or `undefined`. */
  read(jobId: string): StoredJob | undefined;
  /** The jobs of the flow that have not ended, as they are kept. */
  unfinished(): Iterable<StoredJob>;
  /** The shape of the flow under which a job was started, or `undefined`. */
  shapeOf(jobId: string): FlowShape | undefined;
  /** Lists jobs, the newest first. */
  jobs(filter?: JobFilter): JobSummary[];
  /** Writes what is to be written and lets go of what it holds. */
  close(): void;
}
