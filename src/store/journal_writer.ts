// Writes JobEvents and snapshots to a store's file, each call in one transaction. Events that were passed to
// `prepare` are already encoded, so appending them fails only if the file cannot be written.

import type { DatabaseSync, StatementSync } from "node:sqlite";
import { fold } from "../engine/apply.ts";
import { isEndStatus } from "../engine/is_end_status.ts";
import type { Job, JobStatus } from "../engine/job.ts";
import type { JobEvent, JobStarted } from "../engine/job_event.ts";
import { DuplicateJobError } from "../errors/job_errors.ts";
import { StoreJobError } from "../errors/store_errors.ts";
import { CellTable } from "./cell_table.ts";
import { type EncodedEvent, rowOf } from "./event_encoding.ts";
import type { JournalReader } from "./journal_reader.ts";
import { discard, encodedEvent } from "./prepared_events.ts";
import { advance, checkNext, noProgress, type Progress } from "./progress.ts";
import type { Retention } from "./retention.ts";
import { encodeJob } from "./snapshot_encoding.ts";
import { isSnapshotDue, nothingUnsaved, type Unsaved } from "./snapshot_rule.ts";
import { StartTable } from "./start_table.ts";
import type { FlowShape } from "./store.ts";
import type { WriterFence } from "./writer_fence.ts";

/** The stored state of a job that has not ended. */
interface OpenJob extends Progress {
  readonly id: number;
  /** The events and bytes since its last snapshot. */
  unsaved: Unsaved;
  /** `true` if payloads of the job are in cells, which can be dropped later. */
  hasPayloads: boolean;
}

interface JobRow {
  readonly id: number;
  readonly status: JobStatus;
  readonly ended_at: number | null;
}

/** The maximum size of a row of events, in characters and bytes, unless a single event is larger. */
const ROW_SIZE = 2 ** 20;

/** Writes JobEvents and snapshots to a store's file, each call in one transaction. */
export class JournalWriter {
  readonly #db: DatabaseSync;
  readonly #reader: JournalReader;
  readonly #retention: Required<Retention>;
  readonly #fence: WriterFence;
  readonly #cells: CellTable;
  readonly #starts: StartTable;
  readonly #addEvents: StatementSync;
  readonly #addJob: StatementSync;
  readonly #findJob: StatementSync;
  readonly #lastSeq: StatementSync;
  readonly #setStatus: StatementSync;
  /** The rows of the flows' shapes, by flow. */
  readonly #flows = new Map<string, number>();
  /** The jobs that were written recently. Other jobs are looked up in the file. */
  readonly #open = new Map<string, OpenJob>();
  /** The jobs that ended with the last append, for which a snapshot may be due. */
  readonly #justEnded = new Map<string, OpenJob>();
  /** The events that SQLite has committed, until a check finds the file at its path. */
  #unconfirmed: readonly JobEvent[] = [];

  constructor(
    db: DatabaseSync,
    reader: JournalReader,
    retention: Required<Retention>,
    fence: WriterFence,
  ) {
    this.#db = db;
    this.#fence = fence;
    this.#reader = reader;
    this.#retention = retention;
    this.#cells = new CellTable(db);
    this.#starts = new StartTable(db);
    this.#addEvents = db.prepare(
      "INSERT INTO events (job, last_seq, text, rest) VALUES (?, ?, ?, ?)",
    );
    this.#addJob = db.prepare(
      `INSERT INTO jobs (job_id, flow, status, created_at, start) VALUES (?, ?, ?, ?, ?)
       ON CONFLICT DO NOTHING`,
    );
    this.#findJob = db.prepare("SELECT id, status, ended_at FROM jobs WHERE job_id = ?");
    this.#lastSeq = db.prepare(
      `SELECT max(coalesce((SELECT max(last_seq) FROM events WHERE job = ?1), 0),
                  coalesce((SELECT seq FROM snapshots WHERE job = ?1), 0)) AS seq`,
    );
    this.#setStatus = db.prepare("UPDATE jobs SET status = ?, ended_at = ? WHERE id = ?");
  }

  /** Implements {@linkcode Store.open}. */
  open({ flowId, lines }: FlowShape): void {
    const text = JSON.stringify(lines);
    const row = this.#fence.transaction(() => {
      this.#db.prepare("INSERT INTO flows (flow_id, lines) VALUES (?, ?) ON CONFLICT DO NOTHING")
        .run(flowId, text);
      return this.#db.prepare("SELECT id FROM flows WHERE flow_id = ? AND lines = ?")
        .get(flowId, text);
    });
    this.#flows.set(flowId, Number(row?.id));
  }

  /**
   * Implements {@linkcode Store.append}. Events that an earlier call has committed, but not confirmed, are
   * not written again.
   *
   * @returns The number of jobs that ended.
   */
  append(events: readonly JobEvent[]): number {
    const added = this.#withoutUnconfirmed(events);
    if (added.length === 0) return 0;
    const chunks = byJob(added);
    this.#justEnded.clear();
    try {
      const ended = this.#fence.transaction(() => {
        let ended = 0;
        for (const [jobId, chunk] of chunks) if (this.#write(jobId, chunk)) ended++;
        return ended;
      });
      discard(added);
      this.#unconfirmed = [...this.#unconfirmed, ...added];
      return ended;
    } catch (error) {
      // The recorded states of jobs are wrong, as the transaction was rolled back.
      this.#open.clear();
      this.#justEnded.clear();
      throw error;
    }
  }

  /** Called when a check has found the file, with all committed events, at its path. */
  confirmed(): void {
    this.#unconfirmed = [];
  }

  /** Implements {@linkcode Store.isSnapshotDue}. */
  isSnapshotDue(job: Job): boolean {
    const { jobId } = job;
    const known = this.#open.get(jobId) ?? this.#justEnded.get(jobId);
    return known !== undefined && isSnapshotDue(job, known.unsaved, this.#retention);
  }

  /**
   * Implements {@linkcode Store.snapshot}, and drops the events and payloads that exceed the retention.
   *
   * @returns `true` if events or payloads were dropped.
   * @throws {StoreJobError} If the file does not have the job.
   */
  snapshot(job: Job): boolean {
    const known = this.#justEnded.get(job.jobId) ?? this.#job(job.jobId);
    const { id } = known;
    const bytes = encodeJob(job, this.#cells.receiversOf(id));
    // Reset first, so that a snapshot that fails is not retried with every commit.
    known.unsaved = nothingUnsaved(bytes.length);
    return this.#fence.transaction(() => {
      const { changes } = this.#db.prepare(
        `REPLACE INTO snapshots (job, seq, bytes)
         SELECT id, ?, ? FROM jobs WHERE id = ? AND job_id = ?`,
      ).run(job.seq, bytes, id, job.jobId);
      if (changes === 0) throw new StoreJobError(job.jobId);
      const hasForgotten = this.#forgetEvents(id, job.seq - this.#retention.events);
      return known.hasPayloads && !this.#retention.payloads && this.#cells.drop(id, job.seq) ||
        hasForgotten;
    });
  }

  /** Forgets a job that was dropped from the file. */
  forget(jobId: string): void {
    this.#open.delete(jobId);
    this.#justEnded.delete(jobId);
  }

  #withoutUnconfirmed(events: readonly JobEvent[]): readonly JobEvent[] {
    if (this.#unconfirmed.length === 0) return events;
    const written = new Set(this.#unconfirmed);
    return events.filter((event) => !written.has(event));
  }

  /** Drops events up to a number. */
  #forgetEvents(id: number, to: number): boolean {
    if (to <= 0) return false;
    const { changes } = this.#db.prepare("DELETE FROM events WHERE job = ? AND last_seq <= ?")
      .run(id, to);
    if (changes > 0) this.#cells.dropWithoutEvent(id);
    return changes > 0;
  }

  /** Writes events of one job; returns `true` if the job ended. */
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
    this.#writeRows(job, events);
    const hasEnded = isEndStatus(job.status);
    if (job.status !== before) this.#setStatus.run(job.status, job.endedAt ?? null, job.id);
    if (!hasEnded) return false;
    this.#open.delete(jobId);
    this.#justEnded.set(jobId, job);
    if (job.hasPayloads && !this.#retention.payloads) this.#cells.drop(job.id, job.seq);
    return true;
  }

  #writeRows(job: OpenJob, events: readonly JobEvent[]): void {
    let row: EncodedEvent[] = [];
    let size = 0;
    for (const event of events) {
      const encoded = encodedEvent(event);
      const own = encoded.text.length + (encoded.rest?.length ?? 0);
      if (row.length > 0 && size + own > ROW_SIZE) {
        this.#writeRow(job, row);
        [row, size] = [[], 0];
      }
      row.push(encoded);
      size += own;
      job.unsaved.events++;
      job.unsaved.size += encoded.size;
    }
    this.#writeRow(job, row);
    for (const event of events) {
      if (event.type === "activation_started" && event.counted) this.#starts.add(job.id, event);
      if (!job.hasPayloads) continue;
      if (event.type === "activation_completed") this.#cells.release(job.id, event.activationId);
    }
  }

  #writeRow(job: OpenJob, events: readonly EncodedEvent[]): void {
    const { text, rest } = rowOf(events);
    const { lastInsertRowid } = this.#addEvents.run(job.id, events.at(-1)!.seq, text, rest);
    for (const { seq, cells } of events) {
      if (cells.length === 0) continue;
      this.#cells.add(job.id, Number(lastInsertRowid), seq, cells);
      if (cells.some(({ receivers }) => receivers !== undefined)) job.hasPayloads = true;
    }
  }

  #start(event: JobStarted): OpenJob {
    const { jobId, flowId, at, createdAt = at } = event;
    const flow = this.#flows.get(flowId);
    if (flow === undefined) throw new Error(`it was not opened for flow "${flowId}"`);
    const progress = noProgress();
    checkNext(progress.seq, event);
    advance(progress, event);
    const { start = null } = encodedEvent(event);
    const { changes, lastInsertRowid } = this.#addJob.run(
      jobId,
      flow,
      progress.status,
      createdAt,
      start,
    );
    if (changes === 0) throw new DuplicateJobError(flowId, jobId);
    const id = Number(lastInsertRowid);
    const job = { id, ...progress, unsaved: nothingUnsaved(0), hasPayloads: false };
    this.#open.set(jobId, job);
    return job;
  }

  #job(jobId: string): OpenJob {
    const known = this.#open.get(jobId);
    if (known !== undefined) return known;
    const row = this.#findJob.get(jobId) as JobRow | undefined;
    if (row === undefined) throw new StoreJobError(jobId);
    const { id, status, ended_at } = row;
    const job = {
      id,
      status,
      seq: Number(this.#lastSeq.get(id)?.seq),
      endedAt: ended_at ?? undefined,
      hasStarted: this.#hasStarted(jobId, status),
      unsaved: this.#reader.unsavedOf(id),
      hasPayloads: this.#cells.hasPayloads(id),
    };
    if (!isEndStatus(job.status)) this.#open.set(jobId, job);
    return job;
  }

  /** Checks whether a job has run, which for a paused job is derived from its events. */
  #hasStarted(jobId: string, status: JobStatus): boolean {
    if (status !== "paused") return status !== "pending";
    const { snapshot, events } = this.#reader.latest(jobId)!;
    return fold(events, snapshot).startedAt !== undefined;
  }
}

/** Groups events by job, in their order. */
function byJob(events: readonly JobEvent[]): Map<string, JobEvent[]> {
  const chunks = new Map<string, JobEvent[]>();
  for (const event of events) {
    const chunk = chunks.get(event.jobId);
    if (chunk === undefined) chunks.set(event.jobId, [event]);
    else chunk.push(event);
  }
  return chunks;
}
