// Turns an asynchronous store into a `Store`, whose reads are synchronous, by holding the jobs that are read
// in memory. Users pass it to flows; `CommitLog` appends to it, `JobIntake` lets it load jobs.

import { checkLimit, checkText } from "../data/option.ts";
import { checkOptions, type OptionChecks } from "../data/options.ts";
import type { Job } from "../engine/job.ts";
import type { JobEvent } from "../engine/job_event.ts";
import { StoreCorruptError, StoreJobError, UnfinishedJobError } from "../errors/store_errors.ts";
import { assertStorable } from "./assert_storable.ts";
import type { AsyncStore } from "./async_store.ts";
import { CommitDoubts } from "./commit_doubts.ts";
import { checkFilter } from "./job_filter.ts";
import { isWholeEnd, JobRecords } from "./job_records.ts";
import { OpenFlows } from "./open_flows.ts";
import { UNFINISHED } from "./progress.ts";
import type {
  FlowShape,
  JobEntry,
  JobFilter,
  JobSummary,
  LoadedJobs,
  OnForget,
  Store,
  StoredJob,
} from "./store.ts";

/** The number of ended jobs that stay in memory by default. */
const ENDED_JOBS = 1_000;
/** The number of events of each job that stay in memory, and after which a snapshot is due. */
const EVENTS = 100_000, SNAPSHOT_EVENTS = 10_000;

/** The checks of the options of a mirrored store. */
const MIRRORED_STORE: OptionChecks<MirroredStoreOptions> = { endedJobs: checkLimit };

/**
 * A durable store in front of an asynchronous store, such as a database server. It holds the jobs that flows
 * read in memory: those that they run, those loaded by {@linkcode MirroredStore.load}, and the last ended
 * ones. JobEvents are added in memory when the other store has committed them.
 *
 * `flow.job`, `flow.jobs` and `flow.start` with a `jobId` find only jobs in memory. `flow.recover` loads the
 * unfinished jobs of its flow, and `flow.execute` and `flow.rerun` load the job with the given id. If
 * `flow.start` is called with the id of a stored job that is not in memory, it begins a new job, which is
 * abandoned with a `DuplicateJobError` when the other store refuses it. The history of a job that is not in
 * memory is empty.
 *
 * @example A flow whose jobs are stored in a database
 * ```ts
 * import { Flow } from "@millrace/flow";
 * import { type AsyncStore, MirroredStore } from "@millrace/flow/store";
 *
 * async function resume(database: AsyncStore) {
 *   await using flow = new Flow({ id: "orders", store: new MirroredStore(database) });
 *   const jobs = await flow.recover();
 *   await Promise.all(jobs.map((job) => job.waitForCompletion()));
 * }
 * ```
 */
export class MirroredStore implements Store {
  /** Always `true`: jobs survive the end of the process. */
  readonly isDurable = true;
  readonly #store: AsyncStore;
  readonly #flows = new OpenFlows();
  readonly #opened = new Map<string, OpenedFlow>();
  readonly #jobs: JobRecords;
  readonly #doubts: CommitDoubts;
  /** Settles when the calls of the other store so far have ended. */
  #turn: Promise<unknown> = Promise.resolve();
  /** The number of calls of the other store that have not ended. */
  #calls = 0;
  /** The number of JobEvents of a job at its last snapshot. */
  readonly #snapshots = new WeakMap<Job, number>();
  #closed: Promise<void> | undefined;

  /**
   * Creates a store that reads from memory, and writes to another store.
   *
   * @param store The other store.
   * @param options The options of the store.
   * @throws {InvalidOptionError} If an option has an invalid value, or is unknown.
   */
  constructor(store: AsyncStore, options: MirroredStoreOptions = {}) {
    const { endedJobs: jobs = ENDED_JOBS } = checkOptions(
      "new MirroredStore",
      options,
      MIRRORED_STORE,
    );
    this.#store = store;
    const retention = { jobs, age: Infinity, events: EVENTS, payloads: true };
    this.#jobs = new JobRecords(this.#flows, retention, ({ flowId, jobId }) => {
      this.#flows.forget(flowId, jobId);
    });
    this.#doubts = new CommitDoubts((jobId) => store.load(jobId));
  }

  /**
   * Opens the store for a flow, until the returned object is disposed of. The other store is opened for the
   * flow on demand, and closed by the asynchronous disposal.
   *
   * @param shape The flow's shape, which is stored with jobs that are started from now on.
   * @param onForget Called with each job of the flow that is no longer in memory.
   * @param isRunning Checks whether the flow runs a job, which must not be deleted then. By default, the flow
   * runs all its jobs that have not ended.
   * @throws {DuplicateFlowError} If a flow of this process with this id has the store open.
   */
  open(
    shape: FlowShape,
    onForget?: OnForget,
    isRunning?: (jobId: string) => boolean,
  ): Disposable & AsyncDisposable {
    const { flowId } = shape;
    const local = this.#flows.add(shape, onForget, isRunning);
    const flow: OpenedFlow = { shape, remote: undefined };
    this.#opened.set(flowId, flow);
    let closed: Promise<void> | undefined;
    const close = () => closed ??= this.#leave(flow, local);
    return {
      [Symbol.dispose]: () => void close().catch(() => {}),
      [Symbol.asyncDispose]: close,
    };
  }

  /**
   * Refuses a value that cannot be persisted.
   *
   * @param value The value.
   * @param what The name of the value in the path of an error.
   * @throws {StoreValueError} With the path of the offending field.
   */
  assertStorable(value: unknown, what: string): void {
    assertStorable(value, what);
  }

  /**
   * Commits JobEvents in the other store, all or none.
   *
   * @param events The events, of one job or several.
   * @throws {DuplicateJobError} If a started job already exists.
   * @throws {DuplicateFlowError} If another process has the store open for the flow of a job.
   * @throws {StoreJobError} If an event does not follow the last one of its job, or the flow of a started job
   * does not have the store open.
   * @throws {StoreError} If the other store cannot be written. In all these cases, nothing was stored.
   */
  append(events: readonly JobEvent[]): Promise<void> {
    return this.#inTurn(async () => {
      const shapes = new Map([...this.#opened].map(([flowId, { shape }]) => [flowId, shape]));
      const rest = await this.#doubts.open(events);
      if (rest !== events) {
        const left = new Set(rest);
        this.#jobs.append(events.filter((event) => !left.has(event)), shapes);
      }
      this.#jobs.check(rest);
      for (const flowId of this.#flowsOf(rest)) await this.#openRemote(flowId);
      try {
        await this.#doubts.commit(events, rest, (open) => this.#store.append(open, shapes));
      } catch (error) {
        this.#dropStale(error);
        throw error;
      }
      this.#jobs.append(events, shapes);
    });
  }

  /** Checks whether a snapshot of a job is worth its cost. */
  isSnapshotDue(job: Job): boolean {
    return this.#store.snapshot !== undefined &&
      job.seq - (this.#snapshots.get(job) ?? 0) >= SNAPSHOT_EVENTS;
  }

  /**
   * Stores the state of a job in the other store, if that supports snapshots and is idle.
   *
   * @throws {StoreError} If the snapshot cannot be written.
   */
  async snapshot(job: Job): Promise<void> {
    // The job has to be encoded now, and the other store must not be called during another call.
    if (this.#calls > 0) return;
    const { seq } = job;
    const taken = this.#store.snapshot?.(job);
    await this.#inTurn(async () => await taken);
    this.#snapshots.set(job, seq);
  }

  /**
   * Loads a job into memory. If no flow of this process runs the job, its record is read again.
   *
   * @param jobId The job.
   * @returns `true` if the job exists.
   * @throws {InvalidOptionError} If `jobId` is not a string.
   * @throws {StoreError} If the other store cannot be read.
   */
  async load(jobId: string): Promise<boolean> {
    checkText("jobId", jobId);
    return await this.#inTurn(async () => {
      const known = this.#jobs.get(jobId);
      // The record of an ended job does not change, and is complete if its beginning was not dropped.
      if (known !== undefined && (this.#flows.anyRuns(jobId) || isWholeEnd(known))) return true;
      const loaded = await this.#store.load(jobId);
      // A flow may have begun to run the job meanwhile.
      if (this.#flows.anyRuns(jobId)) return true;
      if (known !== undefined) this.#jobs.drop(known);
      if (loaded !== undefined) this.#jobs.restore(loaded, loaded.shape);
      return loaded !== undefined;
    });
  }

  /**
   * Loads the jobs of a flow that have not ended into memory.
   *
   * @param flowId The flow.
   * @returns The newest job of all, and the jobs that cannot be read.
   * @throws {DuplicateFlowError} If another process has the store open for the flow.
   * @throws {StoreError} If the other store cannot be read.
   */
  async loadUnfinished(flowId: string): Promise<LoadedJobs> {
    await this.#inTurn(() => this.#openRemote(flowId));
    const [newest] = await this.#store.list({ limit: 1 });
    const jobs = await this.#store.list({ flowId, status: UNFINISHED });
    const unreadable = new Map<string, unknown>();
    // The order of the jobs in memory is that of their starts.
    for (const { jobId } of jobs.toReversed()) {
      try {
        await this.load(jobId);
      } catch (error) {
        if (!(error instanceof StoreCorruptError)) throw error;
        unreadable.set(jobId, error);
      }
    }
    return { newest, unreadable };
  }

  /**
   * Lists jobs of the other store, newest first.
   *
   * @param filter The jobs to list; all by default.
   * @throws {InvalidOptionError} If a field of the filter has an invalid value.
   */
  async list(filter: JobFilter = {}): Promise<JobSummary[]> {
    checkFilter(filter);
    return await this.#store.list(filter);
  }

  /**
   * Returns the JobEvents of a job in memory.
   *
   * @param jobId The job.
   * @param after The number of the JobEvent after which to begin. By default, the first one is included.
   * @returns The job; `undefined` if it is not in memory.
   * @throws {InvalidOptionError} If `jobId` is not a string, or `after` is not a number.
   */
  read(jobId: string, after?: number): StoredJob | undefined {
    return this.#jobs.read(jobId, after);
  }

  /**
   * Returns the data that is needed to continue a job.
   *
   * @param jobId The job.
   * @returns The job; `undefined` if it is not in memory.
   */
  latest(jobId: string): StoredJob | undefined {
    return this.#jobs.read(jobId);
  }

  /**
   * Checks whether a job in memory was started with an entry and a payload.
   *
   * @param jobId The job.
   * @param entry The entry and payload to compare with those of the job.
   * @returns `true` if they are equal, or if that is no longer known.
   */
  isStartedWith(jobId: string, entry: JobEntry): boolean {
    return this.#jobs.isStartedWith(jobId, entry);
  }

  /**
   * Returns the jobs of a flow in memory that have not ended, oldest first.
   *
   * @param flowId The flow.
   */
  unfinished(flowId: string): Generator<StoredJob, void> {
    return this.#jobs.unfinished(flowId);
  }

  /**
   * Returns the shape that a job's flow had when the job was started.
   *
   * @param jobId The job.
   * @returns The shape; `undefined` if the job is not in memory.
   */
  shapeOf(jobId: string): FlowShape | undefined {
    return this.#jobs.get(jobId)?.shape;
  }

  /**
   * Lists jobs in memory, newest first.
   *
   * @param filter The jobs to list; all by default.
   * @throws {InvalidOptionError} If a field of the filter has an invalid value.
   */
  jobs(filter?: JobFilter): JobSummary[] {
    return this.#jobs.list(filter);
  }

  /**
   * Deletes a job in the other store and in memory. A job that has not ended can be deleted only while no
   * flow of this process runs it.
   *
   * @param jobId The job.
   * @returns `true` if the job existed.
   * @throws {UnfinishedJobError} If the job has not ended, and its flow runs it.
   * @throws {StoreError} If the other store cannot be written.
   */
  async delete(jobId: string): Promise<boolean> {
    checkText("jobId", jobId);
    return await this.#inTurn(async () => {
      const job = this.#jobs.get(jobId);
      const flowId = this.#flows.anyRuns(jobId);
      if (flowId !== undefined && job?.endedAt === undefined) {
        throw new UnfinishedJobError(jobId, flowId);
      }
      const existed = await this.#store.delete(jobId);
      if (job !== undefined) this.#jobs.delete(job);
      return existed;
    });
  }

  /** Closes the other store, once its calls have ended. A second call has no effect. */
  async close(): Promise<void> {
    await (this.#closed ??= this.#inTurn(async () => await this.#store.close?.()));
  }

  /** The same as `close`. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  /** Calls the other store when its calls so far have ended. */
  #inTurn<T>(call: () => Promise<T>): Promise<T> {
    this.#calls++;
    const result = this.#turn.then(call).finally(() => this.#calls--);
    this.#turn = result.catch(() => {});
    return result;
  }

  /** Closes both stores for a flow. */
  async #leave(flow: OpenedFlow, local: Disposable): Promise<void> {
    const { flowId } = flow.shape;
    local[Symbol.dispose]();
    if (this.#opened.get(flowId) === flow) this.#opened.delete(flowId);
    // Other processes may go on with these jobs.
    this.#jobs.dropUnfinished(flowId);
    await this.#inTurn(async () => {
      if (this.#opened.size === 0) this.#doubts.clear();
      const { remote } = flow;
      flow.remote = undefined;
      await (await remote?.catch(() => undefined))?.[Symbol.asyncDispose]();
    });
  }

  /** Drops the record of a job that another process has continued, so that it is loaded again. */
  #dropStale(error: unknown): void {
    if (!(error instanceof StoreJobError) || error.jobId === undefined) return;
    const job = this.#jobs.get(error.jobId);
    if (job !== undefined && job.endedAt === undefined) this.#jobs.drop(job);
  }

  #flowsOf(events: readonly JobEvent[]): Set<string> {
    const flowIds = new Set<string>();
    for (const event of events) {
      const flowId = event.type === "job_started"
        ? event.flowId
        : this.#jobs.get(event.jobId)?.flowId;
      if (flowId !== undefined) flowIds.add(flowId);
    }
    return flowIds;
  }

  /** Opens the other store for a flow that has this one open. */
  async #openRemote(flowId: string): Promise<void> {
    const flow = this.#opened.get(flowId);
    if (flow === undefined || this.#store.open === undefined) return;
    const opening = flow.remote ??= Promise.resolve(this.#store.open(flow.shape));
    try {
      await opening;
    } catch (error) {
      if (flow.remote === opening) flow.remote = undefined;
      throw error;
    }
  }
}

/**
 * Options of a {@linkcode MirroredStore}.
 *
 * @example A store that holds the last hundred ended jobs in memory
 * ```ts
 * import { type AsyncStore, MirroredStore, type MirroredStoreOptions } from "@millrace/flow/store";
 *
 * const options: MirroredStoreOptions = { endedJobs: 100 };
 * const mirrored = (database: AsyncStore) => new MirroredStore(database, options);
 * ```
 */
export interface MirroredStoreOptions {
  /**
   * The number of ended jobs that stay in memory: those that ended last.
   *
   * @default {1_000}
   */
  readonly endedJobs?: number;
}

/** A flow that has the store open. */
interface OpenedFlow {
  readonly shape: FlowShape;
  /** The pending or completed opening of the other store; `undefined` before the first attempt. */
  remote: Promise<AsyncDisposable> | undefined;
}
