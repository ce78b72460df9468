import type { JobStatus } from "../engine/job.ts";
import type { JobRow } from "./run_snapshot.ts";

/** The jobs to list, newest first. */
export interface JobQuery {
  /** Jobs of one of these statuses. The default is all jobs. */
  readonly status?: readonly JobStatus[];
  /** Jobs whose id, error or progress contains this text, regardless of case. */
  readonly text?: string;
  /** The number of jobs to leave out at the start. The default is 0. */
  readonly offset?: number;
  /** The maximum number of jobs. The default is 100. */
  readonly limit?: number;
}

/** A part of a list of jobs. */
export interface JobPage {
  /** The number of jobs that match. */
  readonly total: number;
  /** The jobs of the page. */
  readonly rows: readonly JobRow[];
}
