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
  /** The number of ended jobs above which a batch is dropped. */
  readonly #room: number;
  #ended: number;
  /** The time of the next search for old jobs, by the clock of the events. */
  #nextLook = -Infinity;

  constructor(db: DatabaseSync, { jobs, age }: Required<Retention>) {
    this.#db = db;
    this.#jobs = jobs;
    this.#age = age;
    this.#room = jobs + Math.min(256, Math.floor(jobs / 10));
    this.#ended = numberOf(db, "SELECT count(*) FROM jobs WHERE ended_at IS NOT NULL");
  }

  /**
   * Drops the jobs that exceed the retention, if there are enough for a batch.
   *
   * @param ended The number of jobs that have just ended.
   * @param at The time of their ends, in epoch milliseconds.
   * @returns The dropped jobs.
   */
  sweep(ended: number, at: number): readonly ForgottenJob[] {
    this.#ended += ended;
    const isOld = this.#age < Infinity && at >= this.#nextLook;
    if (this.#ended <= this.#room && !isOld) return [];
    if (isOld) this.#nextLook = at + this.#age / 10;
    const forgotten = transaction(this.#db, () => this.#drop(at - this.#age));
    this.#ended -= forgotten.length;
    return forgotten;
  }

  /**
   * Drops a job.
   *
   * @param jobId The job.
   * @param isOpen Checks whether a flow has the store open, and may execute its jobs.
   * @returns The job; `undefined` if it does not exist.
   * @throws {UnfinishedJobError} If the job has not ended, and its flow may execute it.
   */
  delete(jobId: string, isOpen: (flowId: string) => boolean): ForgottenJob | undefined {
    const row = this.#db.prepare(
      `SELECT jobs.id, flow_id, ended_at FROM jobs JOIN flows ON flows.id = flow WHERE job_id = ?`,
    ).get(jobId) as { id: number; flow_id: string; ended_at: number | null } | undefined;
    if (row === undefined) return undefined;
    const { flow_id: flowId, ended_at } = row;
    if (ended_at === null && isOpen(flowId)) throw new UnfinishedJobError(jobId, flowId);
    transaction(this.#db, () => this.#remove([row]));
    if (ended_at !== null) this.#ended--;
    return { jobId, flowId };
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
    const [events, snapshot, job] = ["events WHERE job", "snapshots WHERE job", "jobs WHERE id"]
      .map((what) => this.#db.prepare(`DELETE FROM ${what} = ?`));
    for (const { id } of rows) {
      events!.run(id);
      snapshot!.run(id);
      job!.run(id);
    }
  }
}
