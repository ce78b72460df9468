// The records of jobs in memory: their JobEvents, in the order of the jobs, and the retention of ended jobs.
// `MemoryStore` stores them here, and `MirroredStore` answers the reads of its flows from here.

import { Fifo } from "../data/fifo.ts";
import type { Job } from "../engine/job.ts";
import type { JobEvent, JobStarted } from "../engine/job_event.ts";
import { DuplicateJobError } from "../errors/job_errors.ts";
import { StoreCorruptError, StoreJobError } from "../errors/store_errors.ts";
import { EventRows } from "./event_rows.ts";
import { entryOf, isSameEntry } from "./job_entry.ts";
import { checkFilter, cursorOf, type JobPlace } from "./job_filter.ts";
import { NameTable } from "./name_table.ts";
import type { OpenFlows } from "./open_flows.ts";
import { advance, checkNext, noProgress, type Progress } from "./progress.ts";
import type { Retention } from "./retention.ts";
import type { FlowShape, JobEntry, JobFilter, JobSummary, StoredJob } from "./store.ts";
import { checkAfter, checkId, isStoredId } from "./stored_id.ts";

/** The records of jobs, by id. Records of ended jobs are dropped by the retention. */
export class JobRecords {
  readonly #flows: OpenFlows;
  readonly #retention: Required<Retention>;
  readonly #onDrop: (record: JobRecord) => void;
  /** The number of events of a job above which the oldest are dropped. */
  readonly #room: number;
  readonly #jobs = new Map<string, JobRecord>();
  /** The names in the events of the jobs that are recorded now. */
  #names = new NameTable();
  #started = 0;
  /** The jobs that have ended, in the order of their ends. */
  readonly #ended = new Fifo<JobRecord>();

  /**
   * @param flows The flows whose jobs may be started.
   * @param retention The ended jobs to retain, and the events of each job.
   * @param onDrop Called with each record that is dropped, right before that.
   */
  constructor(
    flows: OpenFlows,
    retention: Required<Retention>,
    onDrop: (record: JobRecord) => void = () => {},
  ) {
    this.#flows = flows;
    this.#retention = retention;
    this.#onDrop = onDrop;
    this.#room = Math.ceil(retention.events * 1.25);
  }

  /**
   * Checks that all events can be appended.
   *
   * @throws {DuplicateJobError} If a started job already exists.
   * @throws {StoreJobError} If an event does not follow the last one of its job, or starts a job of a flow
   * that does not have the store open.
   * @throws {StoreValueError} If the id of a job contains a NUL or a lone surrogate.
   */
  check(events: readonly JobEvent[]): void {
    for (const event of events) {
      if (event.type !== "job_started") continue;
      checkId("jobId", event.jobId);
      this.#flows.checkStart(event);
    }
    const last = new Map<string, number>();
    for (const event of events) {
      const { jobId } = event;
      let seq = last.get(jobId) ?? this.#jobs.get(jobId)?.seq;
      if (event.type === "job_started") {
        if (seq !== undefined) throw new DuplicateJobError(event.flowId, jobId);
        seq = 0;
      }
      if (seq === undefined) throw new StoreJobError(jobId);
      checkNext(seq, event);
      last.set(jobId, event.seq);
    }
  }

  /** Appends checked events. Skips events that a record already has, and events of jobs without a record. */
  append(events: readonly JobEvent[], shapes: ReadonlyMap<string, FlowShape>): void {
    let job: JobRecord | undefined;
    for (const event of events) {
      if (job?.jobId !== event.jobId) job = this.#jobs.get(event.jobId);
      if (job === undefined) {
        if (event.type !== "job_started") continue;
        job = this.#start(event, shapes);
      }
      if (event.seq <= job.seq) continue;
      job.events.push(event);
      if (job.events.size > this.#room) {
        job.events.shift(job.events.size - this.#retention.events);
        // A snapshot is useful only together with the events that follow it.
        if (!followsOn(job.snapshot, job.events.firstSeq)) job.snapshot = undefined;
      }
      const hadEnded = job.endedAt !== undefined;
      advance(job, event);
      if (job.endedAt !== undefined && !hadEnded) this.#end(job, job.endedAt);
    }
  }

  /**
   * Adds a job that was read elsewhere, unless there is a record of it.
   *
   * @param stored The job, with its snapshot or its first event.
   * @param shape The shape that its flow had when it was started.
   */
  restore({ snapshot, events }: StoredJob, shape: FlowShape | undefined): void {
    const [first] = events;
    const origin = snapshot ?? (first?.type === "job_started" ? first : undefined);
    if (origin === undefined || snapshot !== undefined && !followsOn(snapshot, first?.seq)) {
      const jobId = first?.jobId ?? "";
      throw new StoreCorruptError(`job "${jobId}"`, "was loaded without its beginning", { jobId });
    }
    if (this.#jobs.has(origin.jobId)) return;
    const { jobId, flowId } = origin;
    const createdAt = "at" in origin ? origin.createdAt ?? origin.at : origin.createdAt;
    const job = { ...this.#record(jobId, flowId, shape, createdAt), ...progressOf(snapshot) };
    job.snapshot = snapshot;
    for (const event of events) {
      const due = (job.events.firstSeq ?? event.seq) + job.events.size;
      if (event.seq !== due) {
        throw new StoreCorruptError(`job "${jobId}"`, `was loaded without event ${due}`, { jobId });
      }
      job.events.push(event);
      if (event.seq > job.seq) advance(job, event);
    }
    this.#jobs.set(jobId, job);
    if (job.endedAt !== undefined) this.#end(job, job.endedAt);
  }

  /** Returns the record of a job. */
  get(jobId: string): JobRecord | undefined {
    return isStoredId("jobId", jobId) ? this.#jobs.get(jobId) : undefined;
  }

  /** Reads the record of a job after a number of events. */
  read(jobId: string, after = 0): StoredJob | undefined {
    checkAfter(after);
    const job = this.get(jobId);
    if (job === undefined) return undefined;
    // A copy, as the reader folds the events into it.
    const snapshot = job.snapshot && structuredClone(job.snapshot);
    const read = job.events.after(after);
    let events: readonly JobEvent[] | undefined;
    // Read when they are needed, as a JobState that a user holds takes over the events of a job that is dropped.
    return {
      snapshot,
      get events() {
        return events ??= read();
      },
    };
  }

  /** Checks whether a job was started with an entry and a payload, or its first event was dropped. */
  isStartedWith(jobId: string, entry: JobEntry): boolean {
    const job = this.get(jobId);
    if (job === undefined) return false;
    const first = job.events.first();
    if (first?.type !== "job_started") return true;
    return isSameEntry(entryOf(first), entry);
  }

  /** Iterates over the jobs of a flow that have not ended, oldest first. */
  *unfinished(flowId: string): Generator<StoredJob, void> {
    if (!isStoredId("flowId", flowId)) return;
    for (const job of [...this.#jobs.values()]) {
      if (job.flowId !== flowId || job.endedAt !== undefined) continue;
      if (this.#jobs.get(job.jobId) === job) yield this.read(job.jobId)!;
    }
  }

  /** Lists jobs, newest first. */
  list(filter?: JobFilter): JobSummary[] {
    const { flowId, statuses, since, limit, after } = checkFilter(filter);
    const found: JobSummary[] = [];
    for (const job of [...this.#jobs.values()].sort(byPlace)) {
      if (found.length >= limit) break;
      if (flowId !== undefined && job.flowId !== flowId) continue;
      if (job.createdAt < since || statuses?.includes(job.status) === false) continue;
      if (after !== undefined && byPlace(after, job) >= 0) continue;
      const { jobId, status, createdAt, endedAt } = job;
      found.push({ jobId, flowId: job.flowId, status, createdAt, endedAt, cursor: cursorOf(job) });
    }
    return found;
  }

  /** Deletes the record of a job, unless it was replaced. */
  delete(job: JobRecord): void {
    if (this.#jobs.get(job.jobId) !== job) return;
    this.#ended.remove(job);
    // The job stays readable until its flow has forgotten it.
    this.#onDrop(job);
    this.#jobs.delete(job.jobId);
  }

  /** Drops the record of a job that can be restored. */
  drop(job: JobRecord): void {
    this.#ended.remove(job);
    this.#jobs.delete(job.jobId);
  }

  /** Drops the records of the jobs of a flow that have not ended. */
  dropUnfinished(flowId: string): void {
    for (const job of this.#jobs.values()) {
      if (job.flowId === flowId && job.endedAt === undefined) this.#jobs.delete(job.jobId);
    }
  }

  #start(event: JobStarted, shapes: ReadonlyMap<string, FlowShape>): JobRecord {
    const { jobId, flowId, at, createdAt = at } = event;
    const job = this.#record(jobId, flowId, shapes.get(flowId), createdAt);
    this.#jobs.set(jobId, job);
    return job;
  }

  #record(
    jobId: string,
    flowId: string,
    shape: FlowShape | undefined,
    createdAt: number,
  ): JobRecord {
    if (this.#names.size >= MAX_NAMES) this.#names = new NameTable();
    const { status, hasStarted, seq, endedAt } = noProgress();
    // Built field by field, as an object that is spread takes more memory.
    return {
      jobId,
      flowId,
      shape,
      createdAt,
      number: ++this.#started,
      snapshot: undefined,
      events: new EventRows(jobId, this.#names),
      status,
      hasStarted,
      seq,
      endedAt,
    };
  }

  #end(job: JobRecord, at: number): void {
    this.#ended.push(job);
    job.events.trim();
    for (let oldest = this.#ended.peek(); oldest !== undefined; oldest = this.#ended.peek()) {
      const { endedAt = at } = oldest;
      if (this.#ended.size <= this.#retention.jobs && endedAt >= at - this.#retention.age) return;
      this.#ended.shift();
      this.#onDrop(oldest);
      this.#jobs.delete(oldest.jobId);
    }
  }
}

/**
 * The number of names from which on other jobs share another table: workers have new names again and again, and a table
 * is dropped with its jobs.
 */
const MAX_NAMES = 4_096;

/** The record of a job. */
export interface JobRecord extends Progress {
  readonly jobId: string;
  readonly flowId: string;
  readonly shape: FlowShape | undefined;
  readonly createdAt: number;
  /** Its number among all jobs that were recorded. */
  readonly number: number;
  /** The state with which it was restored; absent if it was recorded from its start. */
  snapshot: Job | undefined;
  readonly events: EventRows;
}

/** Checks whether a record contains the complete state of a job that has ended. */
export function isWholeEnd({ snapshot, events, endedAt }: JobRecord): boolean {
  return endedAt !== undefined && (events.firstSeq === 1 || snapshot !== undefined);
}

/** Checks whether events begin no later than right after a snapshot. */
function followsOn(snapshot: Job | undefined, firstSeq: number | undefined): boolean {
  return snapshot !== undefined && (firstSeq === undefined || firstSeq <= snapshot.seq + 1);
}

function progressOf(snapshot: Job | undefined): Progress {
  if (snapshot === undefined) return noProgress();
  const { status, startedAt, seq, endedAt } = snapshot;
  return { status, hasStarted: startedAt !== undefined, seq, endedAt };
}

/**
 * Compares jobs for a list: newer jobs come first; among jobs of the same time, the one that was added last.
 */
function byPlace(a: JobPlace, b: JobPlace): number {
  return b.createdAt - a.createdAt || b.number - a.number;
}
