// A journal that is only read, as the commands see it: jobs are listed by the index of the store, and the events of a
// job are read when they are shown.

import type { JobStatus } from "../engine/job.ts";
import { printable } from "../errors/printable.ts";
import { bareRow } from "../run/bare_row.ts";
import { rowOf } from "../run/row_of.ts";
import { parseShape } from "../run/graph_shape.ts";
import type { JobRow } from "../run/run_snapshot.ts";
import type { RunSource } from "../run/run_source.ts";
import { storedJob } from "../flow/stored_job.ts";
import { SqliteStore } from "../store/sqlite_store.ts";
import type { JobSummary, Store } from "../store/store.ts";
import { CommandError } from "./command_error.ts";
import { requirePermission } from "./permission.ts";

/** The jobs to show. */
export interface JobSelection {
  /** The flow of the jobs; `undefined` for jobs of all flows. */
  readonly flowId: string | undefined;
  /** The statuses of the jobs; `undefined` for jobs of any status. */
  readonly status: readonly JobStatus[] | undefined;
  /** The maximum number, of which the newest are chosen. */
  readonly limit: number;
}

/** A job in a list. */
export interface ListedJob extends JobRow {
  /** Its flow. */
  readonly flowId: string;
}

/** Opens a journal, which another process may write meanwhile. */
export function openJournal(file: string): SqliteStore {
  requirePermission("read", file);
  return new SqliteStore(file, { readOnly: true });
}

/** Returns the paths of a journal and of the files that a store has beside it. */
export function journalFiles(file: string): string[] {
  return ["", "-wal", "-shm", ".lock"].map((suffix) => file + suffix);
}

/** Lists jobs without their events, newest first. */
export function selectJobs(store: Store, { flowId, status, limit }: JobSelection): JobSummary[] {
  return store.jobs({
    ...flowId !== undefined && { flowId },
    ...status !== undefined && { status },
    limit,
    // A damaged index may have lost the id of a flow.
  }).map((job) => typeof job.flowId === "string" ? job : { ...job, flowId: "" });
}

/**
 * Returns the job with an id.
 *
 * @throws {CommandError} If there is none.
 */
export function findJob(store: Store, jobId: string): JobSummary {
  const flowId = store.shapeOf(jobId)?.flowId;
  const job = flowId === undefined ? undefined : storedJob(store, flowId, jobId);
  if (job === undefined) {
    throw new CommandError(`there is no job "${printable(jobId)}" in the file`);
  }
  const { status, createdAt, endedAt } = job;
  return { jobId, flowId: job.flowId, status, createdAt, endedAt, cursor: "" };
}

/** Returns the numbers of a job. A job whose records are damaged has none, but the error of reading it. */
export function listedJob(store: Store, summary: JobSummary): ListedJob {
  const { jobId, flowId } = summary;
  try {
    const job = storedJob(store, flowId, jobId);
    if (job !== undefined) return { flowId, ...rowOf(job), jobId };
    return { flowId, ...bareRow(summary) };
  } catch (thrown) {
    return { flowId, ...bareRow(summary, thrown) };
  }
}

/**
 * Returns some jobs of one flow as the source of a report or a trace.
 *
 * @param jobs The jobs, newest first.
 */
export function sourceOf(store: Store, jobs: readonly JobSummary[]): RunSource {
  const [newest] = jobs;
  const flowId = newest?.flowId ?? "";
  const lines = newest === undefined ? [] : store.shapeOf(newest.jobId)?.lines ?? [];
  return {
    flowId,
    graph: parseShape(lines),
    status: "recorded",
    maxWorkers: undefined,
    concurrency: undefined,
    flow: undefined,
    latestIds: (limit) => jobs.slice(0, limit).map(({ jobId }) => jobId).reverse(),
    eventsOf: (jobId, after) => store.read(jobId, after)?.events ?? [],
    job: (jobId) => storedJob(store, flowId, jobId),
    open: () => ({ poll() {}, closed: NEVER, [Symbol.dispose]() {} }),
  };
}

const NEVER = new Promise<void>(() => {});

/** Checks whether all of some jobs have ended, so that a view of them does not change any more. */
export function haveEnded(jobs: readonly JobSummary[]): boolean {
  return jobs.every(({ endedAt }) => endedAt !== undefined);
}
