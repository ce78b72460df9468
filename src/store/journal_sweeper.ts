import type { DatabaseSync } from "node:sqlite";
import { UnfinishedJobError } from "../errors/store_errors.ts";
import type { Retention } from "./retention.ts";
import { numberOf } from "./schema.ts";
import { transaction } from "./transaction.ts";

/** A job that was dropped from the store. */
export interface ForgottenJob {
  readonly jobId: string;
  readonly flowId: string;
}

/** Drops ended jobs from a store's file, in batches. */
export class JournalSweeper {
  readonly #db: DatabaseSync;
  readonly #jobs: number;
  readonly #age: number;
  readonly #onForget: (job: ForgottenJob) => void;

  /** The number of ended jobs above which a batch is dropped. */
  readonly #room: number;
  #ended: number;
  /** The time of the next search for old jobs, by the clock of the events. */
  #nextLook = -Infinity;

  /**
   * @param db The store's file.
   * @param retention What is stored of the past.
   * @param onForget Called with each job that is gone, so that nothing more is written of it.
   */
  constructor(
    db: DatabaseSync,
    { jobs, age }: Required<Retention>,
    onForget: (job: ForgottenJob) => void,
  ) {
    this.#db = db;
    this.#onForget = onForget;
    this.#jobs = jobs;
    this.#age = age;
    this.#room = jobs + Math.min(256, Math.floor(jobs / 10));
    this.#ended = numberOf(db, "SELECT count(*) FROM jobs WHERE ended_at IS NOT NULL");
  }

  /**
   * Drops the jobs that exceed the retention, if there are enough for a batch.
   *
   * @param ended How many jobs have just ended.
   * @param at When.
   */
  sweep(ended: number, at: number): void {
    this.#ended += ended;
    const isOld = this.#age < Infinity && at >= this.#nextLook;
    if (this.#ended <= this.#room && !isOld) return;
    if (isOld) this.#nextLook = at + this.#age / 10;
    const forgotten = transaction(this.#db, () => this.#drop(at - this.#age));
    this.#ended -= forgotten.length;
    forgotten.forEach(this.#onForget);
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
    const { flow_id: flowId, ended_at } = row;
    if (ended_at === null && isRunning(flowId)) throw new UnfinishedJobError(jobId, flowId);
    transaction(this.#db, () => this.#remove([row]));
    if (ended_at !== null) this.#ended--;
    this.#onForget({ jobId, flowId });
    return true;
  }

  #drop(before: number): ForgottenJob[] {
    const surplus = Math.max(0, this.#ended - this.#jobs);
    const rows = this.#db.prepare(
      `SELECT jobs.id, job_id, flow_id FROM jobs JOIN flows ON flows.id = flow
       WHERE ended_at IS NOT NULL AND (ended_at < ?1 OR jobs.id IN (
         SELECT id FROM jobs WHERE ended_at IS NOT NULL ORDER BY ended_at, id LIMIT ?2
       ))`,
    ).all(before, surplus) as { id: number; job_id: string; flow_id: string }[];
    this.#remove(rows);
    return rows.map((row) => ({ jobId: row.job_id, flowId: row.flow_id }));
  }

  #remove(rows: readonly { readonly id: number }[]): void {
    const remove = this.#db.prepare("DELETE FROM jobs WHERE id = ?");
    for (const { id } of rows) remove.run(id);
  }
}
