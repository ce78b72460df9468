// The interface of an asynchronous store, such as a database server. Only `MirroredStore` calls it, which
// turns it into a `Store`.

import type { Job } from "../engine/job.ts";
import type { JobEvent } from "../engine/job_event.ts";
import type { FlowShape, JobFilter, JobSummary, StoredJob } from "./store.ts";

/**
 * An asynchronous store, such as a database server. To use it in a flow, wrap it in a
 * {@linkcode MirroredStore}, which calls one method at a time, except for `list`. Each call must settle, if
 * only with an error: until then, the flow reports no events, and cannot be closed. A failed append is
 * retried.
 *
 * {@linkcode toBytes} and {@linkcode fromBytes} convert JobEvents and snapshots, with all values that they
 * can contain, to bytes and back. `asyncStoreCases` of `@millrace/flow/store-conformance` tests such a store.
 *
 * @example A store of one key for each job
 * ```ts
 * import { DuplicateJobError, StoreJobError } from "@millrace/flow/errors";
 * import type { JobEvent } from "@millrace/flow/events";
 * import { type AsyncStore, fromBytes, type JobFilter, type LoadedJob, toBytes } from "@millrace/flow/store";
 *
 * interface KeyValue {
 *   get(key: string): Promise<Uint8Array | undefined>;
 *   setAll(entries: Map<string, Uint8Array>): Promise<void>;
 * }
 *
 * abstract class KeyValueStore implements AsyncStore {
 *   constructor(readonly db: KeyValue) {}
 *
 *   async append(events: readonly JobEvent[], shapes: ReadonlyMap<string, LoadedJob["shape"]>) {
 *     const jobs = new Map<string, LoadedJob>();
 *     for (const event of events) {
 *       const { jobId, seq } = event;
 *       const isStart = event.type === "job_started";
 *       const job = jobs.get(jobId) ?? await this.load(jobId) ??
 *         { snapshot: undefined, events: [], shape: isStart ? shapes.get(event.flowId) : undefined };
 *       if (isStart && job.events.length > 0) throw new DuplicateJobError(event.flowId, jobId);
 *       if (seq !== job.events.length + 1) throw new StoreJobError(jobId);
 *       jobs.set(jobId, { ...job, events: [...job.events, event] });
 *     }
 *     await this.db.setAll(new Map([...jobs].map(([id, job]) => [id, toBytes(job)])));
 *   }
 *
 *   async load(jobId: string): Promise<LoadedJob | undefined> {
 *     const bytes = await this.db.get(jobId);
 *     return bytes && fromBytes(bytes) as LoadedJob;
 *   }
 *
 *   abstract list(filter: JobFilter): ReturnType<AsyncStore["list"]>;
 *   abstract delete(jobId: string): Promise<boolean>;
 * }
 * ```
 */
export interface AsyncStore {
  /**
   * Opens the store for a flow, before its first job is loaded or appended; absent if several processes
   * cannot harm each other's jobs. Called again after a failure.
   *
   * @param shape The flow.
   * @returns An object that closes the store for the flow when disposed of.
   * @throws {DuplicateFlowError} If another process has the store open for a flow with this id.
   */
  open?(shape: FlowShape): Promise<AsyncDisposable>;
  /**
   * Commits JobEvents of one or several jobs, all or none. When the promise resolves, they are stored.
   *
   * @param events The events. Each follows the last one of its job, or starts a job.
   * @param shapes The shapes of the flows that have the store open, by id. Each started job is stored with
   * the shape of its flow.
   * @throws {DuplicateJobError} If a started job already exists; the flow then abandons the new one.
   * @throws {StoreJobError} If an event does not follow the last one of its job.
   * @throws {StoreError} If the store cannot be written. In all these cases, nothing was stored.
   */
  append(events: readonly JobEvent[], shapes: ReadonlyMap<string, FlowShape>): Promise<void>;
  /**
   * Stores the state of a job after `job.seq` JobEvents, all of which have been appended; absent if the store
   * reads a long history fast enough. The job changes later: encode it before the first `await`.
   */
  snapshot?(job: Job): Promise<void>;
  /**
   * Reads a job: all its JobEvents, or those after its last snapshot with that snapshot.
   *
   * @param jobId The job.
   * @returns The job; `undefined` if it does not exist.
   */
  load(jobId: string): Promise<LoadedJob | undefined>;
  /** Lists jobs, newest first. */
  list(filter: JobFilter): Promise<JobSummary[]>;
  /**
   * Deletes a job and all its records. Its id can then be reused.
   *
   * @param jobId The job.
   * @returns `true` if the job existed.
   */
  delete(jobId: string): Promise<boolean>;
  /** Releases all resources; absent if there are none. */
  close?(): Promise<void>;
}

/** The record of a job, with the shape of its flow. */
export interface LoadedJob extends StoredJob {
  /** The shape that the job's flow had when the job was started. */
  readonly shape: FlowShape | undefined;
}
