// The interface between a flow and the store of its jobs. A custom store implements `Store`, or `AsyncStore`
// in `async_store.ts` if it is asynchronous, and is tested with `store_conformance.ts`.

import type { Job, JobStatus } from "../engine/job.ts";
import type { Counted, JobEvent } from "../engine/job_event.ts";
import type { Retention } from "./retention.ts";

/**
 * A store of the JobEvents of flows, in memory or in a journal. A job id is unique in a store, across all
 * flows. Reads are synchronous. An asynchronous store, such as a database server, implements `AsyncStore`
 * instead, and is passed to a flow in a `MirroredStore`.
 *
 * @example A function that creates a flow with a store
 * ```ts
 * import { Flow } from "@millrace/flow";
 * import { MemoryStore, type Store } from "@millrace/flow/store";
 * import { fibonacci } from "../../examples/fibonacci.ts";
 *
 * const store: Store = new MemoryStore();
 * await using flow = new Flow({ id: "numbers", store }).add("fibonacci", fibonacci);
 * flow.pause();
 * flow.start("fibonacci.n", 20, { jobId: "night" });
 * await flow.flush();
 * console.log(store.jobs({ flowId: "numbers" })[0]?.jobId); // night
 * console.log(store.read("night")?.events[0]?.type); // job_started
 * ```
 */
export interface Store {
  /** `true` if jobs survive the end of the process. */
  readonly isDurable: boolean;
  /**
   * The retention of the store; absent if everything is retained. Its `events` also limits the errors that a
   * job holds.
   */
  readonly retention?: Retention;
  /**
   * Opens the store for a flow, until the returned object is disposed of.
   *
   * @param shape The flow's shape, which is stored with jobs that are started from now on.
   * @param onForget Called with each job of the flow that the store drops.
   * @param isRunning Checks whether the flow runs a job, which must not be deleted then. By default, the flow
   * runs all its jobs that have not ended.
   * @returns An object that closes the store for this flow when disposed of. Disposing of it again has no
   * effect. A flow waits for the end of its asynchronous disposal, if it has one.
   * @throws {DuplicateFlowError} If a flow with this id has the store open.
   * @throws {StoreError} If the store cannot be written.
   */
  open(
    shape: FlowShape,
    onForget?: OnForget,
    isRunning?: (jobId: string) => boolean,
  ): Disposable & Partial<AsyncDisposable>;
  /**
   * Refuses a value that can be sent to a worker but not stored; absent if the store accepts all such values.
   *
   * @param value The value.
   * @param what The name of the value in the path of an error.
   * @throws {StoreValueError} With the path of the offending field.
   */
  assertStorable?(value: unknown, what: string): void;
  /**
   * Encodes JobEvents that are about to be appended, so that {@linkcode Store.append} only has to write them.
   * Values that cannot be stored are refused here, before the events are applied. Absent if the store does
   * not encode events. Events may be appended without this call, and need not be appended after it.
   *
   * @param events The events, of one job or several.
   * @throws {StoreValueError} If an event has a value that cannot be stored, or is too large; none of the
   * events is prepared then.
   */
  prepare?(events: readonly JobEvent[]): void;
  /**
   * Commits JobEvents of one or several jobs, all or none. They are stored when the call returns or, if it
   * returns a promise, when that resolves. Until then, the flow appends nothing else.
   *
   * @throws {DuplicateJobError} If a started job already exists.
   * @throws {StoreJobError} If an event does not follow the last one of its job, or the flow of a started job
   * does not have the store open.
   * @throws {StoreError} If the store cannot be written. In all these cases, nothing was stored.
   */
  append(events: readonly JobEvent[]): void | Promise<void>;
  /**
   * Checks whether a snapshot of a job is worth its cost; absent if the store needs no snapshots. Called
   * after each append, for the jobs of the JobEvents.
   */
  isSnapshotDue?(job: Job): boolean;
  /**
   * Stores the state of a job after `job.seq` JobEvents, all of which have been appended. A store that is not
   * durable may do nothing, as the flow holds the job. A store that writes the job later must encode it
   * before it returns, as the job changes.
   *
   * @throws {StoreError} If the snapshot cannot be written; the last one is retained then.
   */
  snapshot(job: Job): void | Promise<void>;
  /**
   * Loads a job into memory, so that the methods that read can find it; absent if they can find all jobs
   * anyway. Called before a job is read, if the caller can wait.
   *
   * @throws {StoreError} If the store cannot be read.
   */
  load?(jobId: string): Promise<unknown>;
  /**
   * Loads the jobs of a flow that have not ended into memory, like {@linkcode Store.load}.
   *
   * @returns The newest job of all, and the jobs that cannot be read.
   * @throws {DuplicateFlowError} If another process has the store open for the flow.
   * @throws {StoreError} If the store cannot be read.
   */
  loadUnfinished?(flowId: string): Promise<LoadedJobs>;
  /**
   * Reads the record of a job.
   *
   * @param jobId The job.
   * @param after The number of the JobEvent after which to begin. By default, the first stored one is
   * included.
   * @returns The job; `undefined` if it does not exist.
   * @throws {InvalidOptionError} If `jobId` is not a string, or `after` is not a number.
   */
  read(jobId: string, after?: number): StoredJob | undefined;
  /**
   * Deletes a job and all its records, even if they are damaged. Its id can then be reused. A job that has
   * not ended can be deleted only while no flow that has the store open runs it.
   *
   * @param jobId The job.
   * @returns `true` if the job existed.
   * @throws {UnfinishedJobError} If the job has not ended, and its flow runs it.
   * @throws {StoreError} If the store cannot be written.
   */
  delete(jobId: string): boolean | Promise<boolean>;
  /**
   * Reads the data that is needed to restore a job: its last snapshot, and the JobEvents after that. The time
   * does not depend on the length of the job's history.
   *
   * @param jobId The job.
   * @returns The job; `undefined` if it does not exist.
   */
  latest(jobId: string): StoredJob | undefined;
  /**
   * Checks whether a job was started with an entry and a payload, without reading the job's history.
   *
   * @param jobId The job.
   * @param entry The entry and payload to compare with those of the job.
   * @returns `true` if they are equal, or if that is no longer known; `false` if the job does not exist.
   */
  isStartedWith(jobId: string, entry: JobEntry): boolean;
  /**
   * Returns the jobs of a flow that have not ended, oldest first, each with its last snapshot and the
   * JobEvents after it.
   *
   * @param flowId The flow.
   * @param onUnreadable Called with each job that cannot be read, and the error; the job is left out. By
   * default, the error is thrown.
   */
  unfinished(
    flowId: string,
    onUnreadable?: (jobId: string, reason: unknown) => void,
  ): Iterable<StoredJob>;
  /**
   * Returns the shape that a job's flow had when the job was started; `undefined` if the job does not exist.
   */
  shapeOf(jobId: string): FlowShape | undefined;
  /**
   * Returns the attempts of a flow's routines that still count to a `rate` at a time, oldest first: those whose
   * `activation_started` has `counted`, even if their jobs have been dropped. Absent if the store does not record them;
   * a flow of a durable store then assumes, when it begins, that each rate has just been used up.
   */
  startsSince?(flowId: string, at: number): Iterable<CountedStart>;
  /**
   * Lists jobs, newest first.
   *
   * @throws {InvalidOptionError} If a field of the filter has an invalid value.
   */
  jobs(filter?: JobFilter): JobSummary[];
  /**
   * Checks that the stored data is still in place; absent if it cannot be lost. A flow that has the store
   * open calls this about once a second, even while nothing is written.
   *
   * @throws {StoreError} If the data is lost, or the store cannot be written any more.
   */
  check?(): void;
  /**
   * Releases resources, such as a file lock, until the next use, unless a flow has the store open; absent if
   * the store holds none. Called by a flow that is closed without having opened the store.
   */
  rest?(): void;
  /** Releases all resources. A second call has no effect. */
  close(): void | Promise<void>;
}

/**
 * The jobs to list.
 *
 * @example The last ten jobs that failed or were cancelled
 * ```ts
 * import { type JobFilter, MemoryStore } from "@millrace/flow/store";
 *
 * const filter: JobFilter = { status: ["failed", "cancelled"], limit: 10 };
 * for (const { jobId, status } of new MemoryStore().jobs(filter)) console.log(jobId, status);
 * ```
 *
 * @example All jobs, a page at a time
 * ```ts
 * import type { JobSummary, Store } from "@millrace/flow/store";
 *
 * function* pages(store: Store): Generator<readonly JobSummary[]> {
 *   for (let page = store.jobs({ limit: 100 }); page.length > 0;) {
 *     yield page;
 *     page = store.jobs({ limit: 100, after: page.at(-1)!.cursor });
 *   }
 * }
 * ```
 */
export interface JobFilter {
  /** Jobs of this flow. */
  readonly flowId?: string;
  /** Jobs of this status, or of one of these. */
  readonly status?: JobStatus | readonly JobStatus[];
  /** Jobs that were created at this time or later, in epoch milliseconds. */
  readonly since?: number;
  /**
   * The maximum number of jobs, of which the newest are listed.
   *
   * @default {Infinity}
   */
  readonly limit?: number;
  /**
   * Jobs after this one in the list, which are older: the `cursor` of the last job of the previous page. That
   * job need not exist any more.
   *
   * @default Begins with the newest job.
   */
  readonly after?: string;
}

/** A job in a list. */
export interface JobSummary {
  /** The job. */
  readonly jobId: string;
  /** Its flow. */
  readonly flowId: string;
  /** The status. */
  readonly status: JobStatus;
  /** The time at which it was created, in epoch milliseconds. */
  readonly createdAt: number;
  /** The time at which it ended, in epoch milliseconds. */
  readonly endedAt: number | undefined;
  /**
   * Its position in the list, for {@linkcode JobFilter.after}. It does not change as long as the job exists.
   */
  readonly cursor: string;
}

/** An attempt that counts to the rate of its routine. */
export interface CountedStart extends Counted {
  /** The routine. */
  readonly routineId: string;
  /** The time at which the attempt began, in epoch milliseconds. */
  readonly at: number;
}

/** The record of a job in a store. */
export interface StoredJob {
  /** The state of the job after `snapshot.seq` JobEvents; absent if there is no snapshot. */
  readonly snapshot: Job | undefined;
  /** The stored JobEvents, in order: all after the snapshot, and those before it that are still stored. */
  readonly events: readonly JobEvent[];
}

/** The result of loading the jobs of a flow into memory. */
export interface LoadedJobs {
  /** The newest job of the store, of any flow. */
  readonly newest: JobSummary | undefined;
  /** The jobs that cannot be read, by id, with the errors. */
  readonly unreadable: ReadonlyMap<string, unknown>;
}

/** The parts of a flow that must not change for its jobs to go on. */
export interface FlowShape {
  /** The flow's id. */
  readonly flowId: string;
  /** A line for each routine and each connection, sorted. */
  readonly lines: readonly string[];
}

/** The entry of a job. */
export interface JobEntry {
  /** The routine at which it starts. */
  readonly routineId: string;
  /** The slot of that routine. */
  readonly slot: string;
  /** The payload; `undefined` if the job is fed. */
  readonly payload: unknown;
  /** `true` if the job is fed at the slot; absent if it has a payload. */
  readonly isFed?: true | undefined;
}

/**
 * Called with each job that a store drops, by its retention or by `delete`. Must not throw.
 *
 * @example Counting the jobs that a store drops
 * ```ts
 * import { MemoryStore, type OnForget } from "@millrace/flow/store";
 *
 * const forgotten = new Set<string>();
 * const onForget: OnForget = (jobId) => void forgotten.add(jobId);
 * new MemoryStore({ retention: { jobs: 10 } }).open({ flowId: "words", lines: [] }, onForget);
 * ```
 */
export type OnForget = (jobId: string) => void;
