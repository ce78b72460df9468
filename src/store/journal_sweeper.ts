// Drops ended jobs by the retention, a bounded number at a time. `SqliteStore` starts it after a commit
// that ended jobs.

import type { DatabaseSync, StatementSync } from "node:sqlite";
import { after, clearTimer, type TimerId, unrefTimer } from "../data/timer.ts";
import { UnfinishedJobError } from "../errors/store_errors.ts";
import type { Retention } from "./retention.ts";
import { numberOf } from "./schema.ts";
import type { WriterFence } from "./writer_fence.ts";

/** A step ends when it has deleted this many rows, or this many jobs, so that it takes milliseconds. */
const ROWS = 4_096, JOBS = 512;

/** The pause between two steps, in milliseconds. */
const PAUSE = 10;

/** Drops the ended jobs that exceed the retention from a store's file, in short steps. */
export class JournalSweeper {
  readonly #db: DatabaseSync;
  readonly #jobs: number;
  readonly #age: number;
  readonly #host: SweeperHost;
  readonly #fence: WriterFence;
  readonly #oldest: StatementSync;
  readonly #remove: StatementSync;
  readonly #changes: StatementSync;
  /** The number of ended jobs above which the surplus is dropped. */
  readonly #room: number;
  #ended: number;
  /** The time of the next search for old jobs, by the clock of the events. */
  #nextLook = -Infinity;
  #timer: TimerId | undefined;

  /**
   * @param db The database.
   * @param retention The retention of ended jobs.
   * @param fence The transactions of this process in the file.
   * @param host The connection that the sweeper belongs to.
   */
  constructor(
    db: DatabaseSync,
    { jobs, age }: Required<Retention>,
    fence: WriterFence,
    host: SweeperHost,
  ) {
    this.#db = db;
    this.#fence = fence;
    this.#jobs = jobs;
    this.#age = age;
    this.#host = host;
    this.#room = jobs + Math.min(256, Math.floor(jobs / 10));
    this.#ended = numberOf(db, "SELECT count(*) FROM jobs WHERE ended_at IS NOT NULL");
    this.#oldest = db.prepare(
      `SELECT jobs.id, job_id, flow_id, ended_at FROM jobs JOIN flows ON flows.id = flow
       WHERE ended_at IS NOT NULL ORDER BY ended_at, jobs.id LIMIT ${JOBS}`,
    );
    this.#remove = db.prepare("DELETE FROM jobs WHERE id = ?");
    this.#changes = db.prepare("SELECT total_changes() AS rows");
  }

  /**
   * Drops the jobs that exceed the retention, if there are enough for a batch. Drops the first ones at once,
   * and the others in later steps.
   *
   * @param ended The number of jobs that have just ended.
   * @param at The time of their ends, in epoch milliseconds.
   */
  sweep(ended: number, at: number): void {
    this.#ended += ended;
    const isOld = this.#age < Infinity && at >= this.#nextLook;
    if (this.#timer !== undefined || this.#ended <= this.#room && !isOld) return;
    if (isOld) this.#nextLook = at + this.#age / 10;
    this.#step(at);
  }

  /**
   * Drops a job.
   *
   * @param jobId The job.
   * @param isRunning Checks whether the flow with an id runs the job.
   * @returns `true` if the job existed.
   * @throws {UnfinishedJobError} If the job has not ended, and its flow runs it.
   */
  delete(jobId: string, isRunning: (flowId: string) => boolean): boolean {
    const row = this.#db.prepare(
      `SELECT jobs.id, flow_id, ended_at FROM jobs JOIN flows ON flows.id = flow WHERE job_id = ?`,
    ).get(jobId) as { id: number; flow_id: string; ended_at: number | null } | undefined;
    if (row === undefined) return false;
    const { id, flow_id: flowId, ended_at } = row;
    if (ended_at === null && isRunning(flowId)) throw new UnfinishedJobError(jobId, flowId);
    this.#fence.transaction(() => this.#remove.run(id));
    if (ended_at !== null) this.#ended--;
    this.#host.onForget({ jobId, flowId });
    return true;
  }

  /** Stops dropping jobs. A sweep drops the remaining surplus after the file has been opened again. */
  close(): void {
    clearTimer(this.#timer);
  }

  #step(at: number): void {
    const { dropped, isMore } = this.#fence.transaction(() => this.#drop(at - this.#age));
    this.#ended -= dropped.length;
    for (const { job_id: jobId, flow_id: flowId } of dropped) {
      this.#host.onForget({ jobId, flowId });
    }
    if (isMore) this.#stepLater(at);
  }

  #stepLater(at: number): void {
    this.#timer = after(PAUSE, () => {
      this.#timer = undefined;
      try {
        this.#host.write(() => this.#step(at));
      } catch {
        // The remaining jobs are dropped by a later sweep.
      }
    });
    unrefTimer(this.#timer);
  }

  #drop(before: number): { dropped: EndedRow[]; isMore: boolean } {
    const dropped: EndedRow[] = [];
    const end = this.#rows() + ROWS;
    for (const row of this.#oldest.all() as unknown as EndedRow[]) {
      const isSurplus = this.#ended - dropped.length > this.#jobs;
      if (!isSurplus && row.ended_at >= before) return { dropped, isMore: false };
      if (this.#rows() >= end) return { dropped, isMore: true };
      this.#remove.run(row.id);
      dropped.push(row);
    }
    return { dropped, isMore: dropped.length === JOBS };
  }

  /** Returns the number of rows that this connection has changed so far, including those of triggers. */
  #rows(): number {
    return Number(this.#changes.get()?.rows);
  }
}

/** A job that was dropped from the store. */
export interface ForgottenJob {
  readonly jobId: string;
  readonly flowId: string;
}

/** The part of a connection that its sweeper uses. */
export interface SweeperHost {
  /** Calls a function that writes the file, with the checks of the connection. */
  write(work: () => void): void;
  /** Called with each dropped job, so that nothing more is written for it. */
  onForget(job: ForgottenJob): void;
}

interface EndedRow {
  readonly id: number;
  readonly job_id: string;
  readonly flow_id: string;
  readonly ended_at: number;
}
