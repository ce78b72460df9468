import type { DatabaseSync, StatementSync } from "node:sqlite";
import { after, clearTimer, type TimerId, unrefTimer } from "../data/timer.ts";
import { UnfinishedJobError } from "../errors/store_errors.ts";
import type { Retention } from "./retention.ts";
import { numberOf } from "./schema.ts";
import type { WriterFence } from "./writer_fence.ts";

/** A job that was dropped from the store. */
export interface ForgottenJob {
  readonly jobId: string;
  readonly flowId: string;
}

/** What a sweeper needs of the connection that it belongs to. */
export interface SweeperHost {
  /** Does what writes the file. */
  write(work: () => void): void;
  /** Called with each job that is gone, so that nothing more is written of it. */
  onForget(job: ForgottenJob): void;
}

/** Number of rows from which on no further job is dropped at a time, and of jobs; that takes milliseconds. */
const ROWS = 4_096, JOBS = 512;

/** Milliseconds between two steps. */
const PAUSE = 10;

/** Drops ended jobs from a store's file, in batches. */
export class JournalSweeper {
  readonly #db: DatabaseSync;
  readonly #jobs: number;
  readonly #age: number;
  readonly #host: SweeperHost;
  readonly #fence: WriterFence;
  readonly #oldest: StatementSync;
  readonly #remove: StatementSync;
  readonly #changes: StatementSync;
  /** Number of ended jobs from which it is worthwhile to drop some. */
  readonly #room: number;
  #ended: number;
  /** The time of the next search for old jobs, by the clock of the events. */
  #nextLook = -Infinity;
  #timer: TimerId | undefined;

  /**
   * @param db The store's file.
   * @param retention What is stored of the past.
   * @param fence Its transactions.
   * @param host What drops jobs later, and is to know of each.
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
   * Drops what is stored no longer, if there is enough of it; what is left of that later on.
   *
   * @param ended How many jobs have just ended.
   * @param at When.
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
   * @param isRunning Checks whether its flow, which is given, runs the job.
   * @returns Whether there was such a job.
   * @throws {UnfinishedJobError} If it has not ended, and its flow runs it.
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

  /** Drops no more; what is left is dropped when jobs end after the file was opened again. */
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
        // What cannot be dropped now is dropped when a job ends next.
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

  /** Number of rows that this connection has changed, by triggers as well. */
  #rows(): number {
    return Number(this.#changes.get()?.rows);
  }
}

interface EndedRow {
  readonly id: number;
  readonly job_id: string;
  readonly flow_id: string;
  readonly ended_at: number;
}
