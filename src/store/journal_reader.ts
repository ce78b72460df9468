// Reads jobs from a store's file. `JournalConnection` makes one for each connection.

import type { DatabaseSync, SQLInputValue, StatementSync } from "node:sqlite";
import type { JobStatus } from "../engine/job.ts";
import type { JobEvent } from "../engine/job_event.ts";
import { StoreCorruptError } from "../errors/store_errors.ts";
import { sameValue } from "../data/same_value.ts";
import { isEndStatus } from "../engine/is_end_status.ts";
import { deliveredPayload } from "../engine/delivered_payload.ts";
import { decodeEvents, type EventRow, startOf } from "./event_encoding.ts";
import { entryOf, isSameEntry } from "./job_entry.ts";
import { type CheckedFilter, cursorOf } from "./job_filter.ts";
import { decodeJob } from "./snapshot_encoding.ts";
import type { Unsaved } from "./snapshot_rule.ts";
import { keyOf } from "./start_table.ts";
import type { CountedStart, FlowShape, JobEntry, JobSummary, StoredJob } from "./store.ts";
import { reading } from "./transaction.ts";
import { decodeValue, type EncodedValue } from "./value_encoding.ts";

/** Reads JobEvents and snapshots from a store's file. */
export class JournalReader {
  readonly #db: DatabaseSync;
  readonly #path: string;
  readonly #job: StatementSync;
  readonly #cells: StatementSync;
  readonly #payload: StatementSync;
  readonly #snapshot: StatementSync;
  readonly #events: StatementSync;
  readonly #shape: StatementSync;
  readonly #isUnfinished: StatementSync;

  constructor(db: DatabaseSync, path: string) {
    this.#db = db;
    this.#path = path;
    this.#job = db.prepare("SELECT id, start FROM jobs WHERE job_id = ?");
    this.#isUnfinished = db.prepare(
      "SELECT 1 FROM jobs WHERE id = ? AND job_id = ? AND ended_at IS NULL",
    );
    this.#cells = db.prepare("SELECT place, text, bytes FROM cells WHERE job = ? AND seq = ?");
    this.#payload = db.prepare(
      `SELECT text, bytes FROM receivers JOIN cells ON cells.id = cell
       WHERE receivers.job = ? AND activation = ?`,
    );
    this.#snapshot = db.prepare("SELECT bytes FROM snapshots WHERE job = ?");
    this.#events = db.prepare(
      "SELECT text, rest FROM events WHERE job = ? AND last_seq > ? ORDER BY last_seq",
    );
    this.#shape = db.prepare(
      "SELECT flow_id, lines FROM flows JOIN jobs ON flows.id = flow WHERE job_id = ?",
    );
  }

  /** Implements {@linkcode Store.read}. */
  read(jobId: string, after = 0): StoredJob | undefined {
    return reading(this.#db, () => {
      const row = this.#find(jobId);
      return row && {
        snapshot: this.#readSnapshot(row.id, jobId),
        events: this.#readEvents(row.id, jobId, after),
      };
    });
  }

  /** Implements {@linkcode Store.latest}. */
  latest(jobId: string): StoredJob | undefined {
    return reading(this.#db, () => {
      const row = this.#find(jobId);
      return row && this.#readLatest(row.id, jobId);
    });
  }

  /** Implements {@linkcode Store.isStartedWith}. */
  isStartedWith(jobId: string, entry: JobEntry): boolean {
    return reading(this.#db, () => {
      const row = this.#find(jobId);
      if (row === undefined) return false;
      if (row.start !== null) return sameValue(row.start, startOf(entry));
      // An older journal has no digest, so the first event is compared, if it is still stored.
      const first = this.#firstOf(row.id, jobId);
      if (first?.type !== "job_started") return true;
      const { routineId, slot } = entryOf(first);
      if (first.activation?.dropped !== true) return isSameEntry(entryOf(first), entry);
      return routineId === entry.routineId && slot === entry.slot && entry.isFed === undefined;
    });
  }

  /** Returns the events and bytes of a job since its last snapshot. */
  unsavedOf(id: number): Unsaved {
    const row = this.#db.prepare(
      `SELECT saved, last,
         (SELECT coalesce(max(last_seq), saved) - saved FROM events WHERE job = ?1) AS events,
         (SELECT coalesce(sum(octet_length(text) + coalesce(octet_length(rest), 0)), 0)
          FROM events WHERE job = ?1 AND last_seq > saved) +
         (SELECT coalesce(sum(octet_length(coalesce(text, bytes))), 0)
          FROM cells WHERE job = ?1 AND seq > saved) AS size
       FROM (SELECT coalesce(max(seq), 0) AS saved, coalesce(max(octet_length(bytes)), 0) AS last
             FROM snapshots WHERE job = ?1)`,
    ).get(id) as unknown as Unsaved;
    return { events: row.events, size: row.size, last: row.last };
  }

  /** Returns the jobs of a flow that have not ended, oldest first. */
  unfinished(flowId: string): JobKey[] {
    const rows = this.#db.prepare(
      `SELECT jobs.id, job_id FROM jobs JOIN flows ON flows.id = flow
       WHERE ended_at IS NULL AND flow_id = ? ORDER BY jobs.id`,
    ).all(flowId) as { id: number; job_id: string }[];
    return rows.map((row) => ({ id: row.id, jobId: row.job_id }));
  }

  /** Reads the data that is needed to continue a job; `undefined` if the job has ended or was deleted. */
  readUnfinished({ id, jobId }: JobKey): StoredJob | undefined {
    return reading(this.#db, () => {
      if (this.#isUnfinished.get(id, jobId) === undefined) return undefined;
      return this.#readLatest(id, jobId);
    });
  }

  /** Implements {@linkcode Store.startsSince}. */
  startsSince(flowId: string, at: number): CountedStart[] {
    const rows = this.#db.prepare(
      `SELECT routine, key, at, until FROM starts JOIN flows ON flows.id = flow
       WHERE flow_id = ? AND until > ? ORDER BY at`,
    ).all(flowId, at) as unknown as (Omit<CountedStart, "routineId"> & { routine: string })[];
    return rows.map(({ routine: routineId, key, ...rest }) => ({
      routineId,
      key: keyOf(key),
      ...rest,
    }));
  }

  /** Implements {@linkcode Store.shapeOf}. */
  shapeOf(jobId: string): FlowShape | undefined {
    const row = this.#shape.get(jobId) as { flow_id: string; lines: string } | undefined;
    return row && { flowId: row.flow_id, lines: JSON.parse(row.lines) };
  }

  /** Implements {@linkcode Store.jobs}. */
  jobs({ flowId, statuses, since, limit, after }: CheckedFilter): JobSummary[] {
    const conditions: string[] = [];
    const values: SQLInputValue[] = [];
    const add = (condition: string, ...given: SQLInputValue[]) => {
      conditions.push(condition);
      values.push(...given);
    };
    if (flowId !== undefined) add("flow_id = ?", flowId);
    if (since > -Infinity) add("created_at >= ?", since);
    if (statuses !== undefined) add(`status IN (${statuses.map(() => "?")})`, ...statuses);
    // Redundant, but lets SQLite find the few jobs that have not ended by its index instead of reading all jobs.
    if (statuses?.every((status) => !isEndStatus(status))) add("ended_at IS NULL");
    if (after !== undefined) add("(created_at, jobs.id) < (?, ?)", after.createdAt, after.number);
    const where = conditions.length > 0 ? `WHERE ${conditions.join(" AND ")}` : "";
    const statement = this.#db.prepare(
      `SELECT jobs.id, job_id, flow_id, status, created_at, ended_at
       FROM jobs JOIN flows ON flows.id = flow ${where}
       ORDER BY created_at DESC, jobs.id DESC LIMIT ?`,
    );
    // Reading rows as arrays takes a third of the time, which matters in a journal of many jobs. Deno's types of
    // SQLite do not contain the method yet.
    (statement as StatementSync & { setReturnArrays(isOn: boolean): void }).setReturnArrays(true);
    const rows = statement.all(...values, limit === Infinity ? -1 : limit) as unknown as JobRow[];
    return rows.map(([number, jobId, flowId, status, createdAt, endedAt]) => ({
      jobId,
      flowId,
      status,
      createdAt,
      endedAt: endedAt ?? undefined,
      cursor: cursorOf({ createdAt, number }),
    }));
  }

  #find(jobId: string): { id: number; start: Uint8Array | null } | undefined {
    return this.#job.get(jobId) as { id: number; start: Uint8Array | null } | undefined;
  }

  #readLatest(id: number, jobId: string): StoredJob {
    const snapshot = this.#readSnapshot(id, jobId);
    const from = snapshot?.seq ?? 0;
    const events = this.#readEvents(id, jobId, from);
    const isWhole = events.every(({ seq }, i) => seq === from + 1 + i) && from + events.length > 0;
    if (!isWhole) throw this.#damaged(jobId);
    return { snapshot, events };
  }

  #readSnapshot(id: number, jobId: string): StoredJob["snapshot"] {
    const row = this.#snapshot.get(id) as { bytes: Uint8Array } | undefined;
    return row && this.#decoded(jobId, () =>
      decodeJob(row.bytes, (activation) => {
        const cell = this.#payload.get(id, activation.activationId) as EncodedValue | undefined;
        return cell && deliveredPayload(decodeValue(cell), activation, true);
      }));
  }

  #readCells(id: number, seq: number): ReadonlyMap<number, unknown> {
    const rows = this.#cells.all(id, seq) as unknown as (EncodedValue & { place: number })[];
    return new Map(rows.map((cell) => [cell.place, decodeValue(cell)]));
  }

  /** Returns the first stored event of a job. */
  #firstOf(id: number, jobId: string): JobEvent | undefined {
    const row = this.#events.get(id, 0);
    return row && this.#decode(id, jobId, row as unknown as EventRow)[0];
  }

  #readEvents(id: number, jobId: string, after: number): JobEvent[] {
    const events: JobEvent[] = [];
    for (const row of this.#events.iterate(id, after)) {
      for (const event of this.#decode(id, jobId, row as unknown as EventRow)) {
        if (event.seq > after) events.push(event);
      }
    }
    return events;
  }

  #decode(id: number, jobId: string, row: EventRow): JobEvent[] {
    return this.#decoded(jobId, () => decodeEvents(jobId, row, (seq) => this.#readCells(id, seq)));
  }

  #decoded<T>(jobId: string, decode: () => T): T {
    try {
      return decode();
    } catch (cause) {
      throw this.#damaged(jobId, { cause });
    }
  }

  #damaged(jobId: string, options?: ErrorOptions): StoreCorruptError {
    const reason = `is damaged: a record of job "${jobId}" cannot be read; delete the job`;
    return new StoreCorruptError(this.#path, reason, { ...options, jobId });
  }
}

/** The row of a job. */
export interface JobKey {
  readonly id: number;
  readonly jobId: string;
}

/** The number of a job, its id, its flow, its status, and the times at which it was created and ended. */
type JobRow = readonly [number, string, string, JobStatus, number, number | null];
