// One flow of the dashboard. It is followed only while clients are connected, or were a moment ago: until then, and
// after that, the flow has no reader of its events.

import { after, clearTimer, type TimerId, unrefTimer } from "../data/timer.ts";
import type { JobState } from "../flow/job_state.ts";
import type { JobPage, JobQuery } from "../run/job_query.ts";
import { rowOf } from "../run/row_of.ts";
import { RunFollower } from "../run/run_follower.ts";
import type { RunSource } from "../run/run_source.ts";
import type { JobRow, RunSnapshot } from "../run/run_snapshot.ts";
import { rowsWithWaits } from "../run/with_waits.ts";
import type { FlowInfo } from "./api.ts";

/** The number of jobs in the list of a flow. */
const MAX_JOBS = 100_000;

/** The time for which a flow is followed after the last client has left, in milliseconds. */
const LINGER = 10_000;

/** The longest time that a request waits for stored jobs to be read, in milliseconds. */
const CATCH_UP = 3_000;

/** The number of jobs on a page by default. */
const PAGE = 100;

/** A flow, which is followed as long as somebody looks. */
export class FollowedRun implements Disposable {
  readonly source: RunSource;
  #follower: RunFollower | undefined;
  /** `true` if the flow was closed before it was followed, so that its events cannot be read any more. */
  #isLate = false;
  #users = 0;
  #linger = LINGER;
  #timer: TimerId | undefined;
  #isDisposed = false;

  /** @param source The run. */
  constructor(source: RunSource) {
    this.source = source;
  }

  /** `true` while the events of the flow are read. */
  get isFollowed(): boolean {
    return this.#follower !== undefined;
  }

  /** Returns the flow for the page. */
  info(): FlowInfo {
    const { flowId, status, graph, flow } = this.source;
    const canAct = flow !== undefined && status !== "closed";
    return {
      flowId,
      status,
      graph,
      canAct,
      breakpoints: [...flow?.stepping.breakpoints ?? []],
      stopped: [...flow?.stepping.stopped ?? []],
    };
  }

  /** Follows the flow until the returned object is disposed of. */
  use(): Disposable & { readonly follower: RunFollower } {
    if (this.#follower === undefined) this.#isLate = this.source.status === "closed";
    const follower = this.#follower ??= new RunFollower(this.source);
    clearTimer(this.#timer);
    this.#users++;
    let isUsed = true;
    return {
      follower,
      [Symbol.dispose]: () => {
        if (isUsed) this.#left();
        isUsed = false;
      },
    };
  }

  /** Follows the flow for a longer time after each use from now on, in milliseconds. */
  followFor(linger: number): void {
    this.#linger = Math.max(this.#linger, linger);
  }

  /** Returns the current numbers. */
  async snapshot(): Promise<RunSnapshot> {
    using use = this.use();
    await caughtUp(use.follower);
    return this.numbers(use.follower);
  }

  /** Returns the numbers that a follower has now. */
  numbers(follower: RunFollower): RunSnapshot {
    const snapshot = follower.snapshot();
    return this.#isLate ? withJobs(snapshot, this.#closedJobs()) : snapshot;
  }

  /** Lists jobs, newest first. */
  async rows(query: JobQuery): Promise<JobPage> {
    if (this.source.rows !== undefined) return this.source.rows(query);
    // The events of a closed flow cannot be read any more, but its jobs are still there.
    if (this.source.status === "closed" && (this.#isLate || !this.isFollowed)) {
      return this.#closedRows(query);
    }
    using use = this.use();
    await caughtUp(use.follower);
    const { total, rows } = use.follower.rows(query);
    return { total, rows: rowsWithWaits(rows, this.source) };
  }

  /** Returns the row of a job, if it is known without reading the events of the job. */
  row(jobId: string): JobRow | undefined {
    return this.source.row?.(jobId) ?? this.#follower?.row(jobId);
  }

  /** Stops following. */
  [Symbol.dispose](): void {
    this.#isDisposed = true;
    clearTimer(this.#timer);
    this.#follower?.[Symbol.dispose]();
    this.#follower = undefined;
  }

  #left(): void {
    this.#users--;
    // The numbers of a closed flow could not be read again.
    if (this.#users > 0 || this.#isDisposed || this.source.status === "closed") return;
    this.#timer = after(this.#linger, () => {
      if (this.source.status === "closed") return;
      this.#follower?.[Symbol.dispose]();
      this.#follower = undefined;
    });
    unrefTimer(this.#timer);
  }

  #closedRows({ status, text = "", offset = 0, limit = PAGE }: JobQuery): JobPage {
    const wanted = text.toLowerCase();
    const jobs = this.#closedJobs().filter((job) =>
      (status === undefined || status.includes(job.status)) &&
      job.jobId.toLowerCase().includes(wanted)
    ).reverse();
    const rows = jobs.slice(offset, offset + limit).map((job) => rowOf(job));
    return { total: jobs.length, rows };
  }

  #closedJobs(): JobState[] {
    return [...this.source.latestIds(MAX_JOBS)].flatMap((jobId) => this.source.job(jobId) ?? []);
  }
}

/** Returns a snapshot with the numbers of jobs whose events are not known. */
function withJobs(snapshot: RunSnapshot, states: readonly JobState[]): RunSnapshot {
  const jobs = { ...snapshot.jobs };
  const totals = { ...snapshot.totals };
  const rows = states.map((job) => rowOf(job));
  for (const row of rows) {
    jobs[row.status]++;
    for (const name of Object.keys(totals) as (keyof typeof totals)[]) totals[name] += row[name];
  }
  const failedJobs = rows.filter(({ status }) => status === "failed").reverse().slice(0, 10);
  return { ...snapshot, jobs, totals, failedJobs };
}

async function caughtUp(follower: RunFollower): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  const timer = after(CATCH_UP, resolve);
  unrefTimer(timer);
  await Promise.race([follower.caughtUp, promise]);
  clearTimer(timer);
}
