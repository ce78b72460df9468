import type { DatabaseSync, StatementSync } from "node:sqlite";
import { fold } from "../engine/apply.ts";
import type { Job, JobStatus } from "../engine/job.ts";
import type { JobEvent, JobStarted } from "../engine/job_event.ts";
import { DuplicateJobError } from "../errors/duplicate_job_error.ts";
import { StoreJobError } from "../errors/store_job_error.ts";
import { encodeEvents, encodeJob } from "./event_encoding.ts";
import type { JournalReader } from "./journal_reader.ts";
import { advance, checkNext, isEndStatus, noProgress, type Progress } from "./progress.ts";
import type { FlowShape } from "./store.ts";
import { transaction } from "./transaction.ts";

/** A job that has not ended, as the file has it. */
interface OpenJob extends Progress {
  readonly id: number;
}

interface JobRow {
  readonly id: number;
  readonly status: JobStatus;
  readonly ended_at: number | null;
}

/** Writes JobEvents and snapshots to a store's file, each call as one transaction. */
export class JournalWriter {
  readonly #db: DatabaseSync;
  readonly #reader: JournalReader;
  readonly #addEvents: StatementSync;
  readonly #addJob: StatementSync;
  readonly #findJob: StatementSync;
  readonly #lastSeq: StatementSync;
  readonly #setStatus: StatementSync;
  /** The rows of the flows' shapes, by flow. */
  readonly #flows = new Map<string, number>();
  /** The jobs written lately. What is missing is looked up. */
  readonly #open = new Map<string, OpenJob>();

  constructor(db: DatabaseSync, reader: JournalReader) {
    this.#db = db;
    this.#reader = reader;
    this.#addEvents = db.prepare(
      "INSERT INTO events (job, last_seq, text, rest) VALUES (?, ?, ?, ?)",
    );
    this.#addJob = db.prepare(
      "INSERT INTO jobs (job_id, flow, status, created_at) VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING",
    );
    this.#findJob = db.prepare("SELECT id, status, ended_at FROM jobs WHERE job_id = ?");
    this.#lastSeq = db.prepare(
      `SELECT max(coalesce((SELECT max(last_seq) FROM events WHERE job = ?1), 0),
                  coalesce((SELECT seq FROM snapshots WHERE job = ?1), 0)) AS seq`,
    );
    this.#setStatus = db.prepare("UPDATE jobs SET status = ?, ended_at = ? WHERE id = ?");
  }

  /** As {@linkcode Store.open}. */
  open({ flowId, lines }: FlowShape): void {
    const text = JSON.stringify(lines);
    const row = transaction(this.#db, () => {
      this.#db.prepare("INSERT INTO flows (flow_id, lines) VALUES (?, ?) ON CONFLICT DO NOTHING")
        .run(flowId, text);
      return this.#db.prepare("SELECT id FROM flows WHERE flow_id = ? AND lines = ?")
        .get(flowId, text);
    });
    this.#flows.set(flowId, Number(row?.id));
  }

  /**
   * As {@linkcode Store.append}.
   *
   * @returns How many jobs ended.
   */
  append(events: readonly JobEvent[]): number {
    const chunks = byJob(events);
    try {
      return transaction(this.#db, () => {
        let ended = 0;
        for (const [jobId, chunk] of chunks) if (this.#write(jobId, chunk)) ended++;
        return ended;
      });
    } catch (error) {
      // What was noted of jobs on the way did not come to be.
      this.#open.clear();
      throw error;
    }
  }

  /** As {@linkcode Store.snapshot}; of the events before it, the latest `history` are kept. */
  snapshot(job: Job, history: number): void {
    const bytes = encodeJob(job);
    transaction(this.#db, () => {
      const { id } = this.#job(job.jobId);
      this.#db.prepare("REPLACE INTO snapshots (job, seq, bytes) VALUES (?, ?, ?)")
        .run(id, job.seq, bytes);
      if (job.seq <= history) return;
      this.#db.prepare("DELETE FROM events WHERE job = ? AND last_seq <= ?")
        .run(id, job.seq - history);
    });
  }

  /** Forgets a job that was deleted. */
  forget(jobId: string): void {
    this.#open.delete(jobId);
  }

  /** Writes events of one job; returns whether it ended. */
  #write(jobId: string, events: readonly JobEvent[]): boolean {
    const [first] = events;
    const job = first?.type === "job_started" ? this.#start(first) : this.#job(jobId);
    const before = job.status;
    for (const event of events) {
      if (event !== first && event.type === "job_started") {
        throw new DuplicateJobError(event.flowId, jobId);
      }
      if (event.type !== "job_started") checkNext(job.seq, event);
      advance(job, event);
    }
    const last = events[events.length - 1]!;
    const { text, rest } = encodeEvents(jobId, events);
    this.#addEvents.run(job.id, last.seq, text, rest);
    const hasEnded = isEndStatus(job.status);
    if (job.status !== before) this.#setStatus.run(job.status, job.endedAt ?? null, job.id);
    if (hasEnded) this.#open.delete(jobId);
    return hasEnded;
  }

  #start(event: JobStarted): OpenJob {
    const { jobId, flowId, at, createdAt = at } = event;
    const flow = this.#flows.get(flowId);
    if (flow === undefined) throw new Error(`it was not opened for flow "${flowId}"`);
    const progress = noProgress();
    checkNext(progress.seq, event);
    advance(progress, event);
    const { changes, lastInsertRowid } = this.#addJob.run(jobId, flow, progress.status, createdAt);
    if (changes === 0) throw new DuplicateJobError(flowId, jobId);
    const job = { id: Number(lastInsertRowid), ...progress };
    this.#open.set(jobId, job);
    return job;
  }

  #job(jobId: string): OpenJob {
    const known = this.#open.get(jobId);
    if (known !== undefined) return known;
    const row = this.#findJob.get(jobId) as JobRow | undefined;
    if (row === undefined) throw new StoreJobError(jobId);
    const { id, status, ended_at } = row;
    const seq = Number(this.#lastSeq.get(id)?.seq);
    const endedAt = ended_at ?? undefined;
    const job = { id, status, seq, endedAt, hasStarted: this.#hasStarted(jobId, status) };
    if (!isEndStatus(job.status)) this.#open.set(jobId, job);
    return job;
  }

  /** Whether a job has run: of a paused one, only its events tell. */
  #hasStarted(jobId: string, status: JobStatus): boolean {
    if (status !== "paused") return status !== "pending";
    const { snapshot, events } = this.#reader.read(jobId)!;
    return fold(events, snapshot).startedAt !== undefined;
  }
}

/** The events of each job, in the order in which they are given. */
function byJob(events: readonly JobEvent[]): Map<string, JobEvent[]> {
  const chunks = new Map<string, JobEvent[]>();
  for (const event of events) {
    const chunk = chunks.get(event.jobId);
    if (chunk === undefined) chunks.set(event.jobId, [event]);
    else chunk.push(event);
  }
  return chunks;
}
