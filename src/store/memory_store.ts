// The store in memory, which `Flow` uses by default. It implements the same interface as `SqliteStore`, and
// drops jobs by its retention.

import { checkOptions, type OptionChecks } from "../data/options.ts";
import type { JobEvent } from "../engine/job_event.ts";
import { UnfinishedJobError } from "../errors/store_errors.ts";
import { JobRecords } from "./job_records.ts";
import { OpenFlows } from "./open_flows.ts";
import { checkRetention, type Retention, retentionOf } from "./retention.ts";
import type {
  FlowShape,
  JobEntry,
  JobFilter,
  JobSummary,
  OnForget,
  Store,
  StoredJob,
} from "./store.ts";

/** The checks of the options of a memory store. */
const MEMORY_STORE: OptionChecks<MemoryStoreOptions> = { retention: checkRetention };

/**
 * Stores JobEvents in memory, where they end with the process. It is the default store of a flow. It takes no
 * snapshots, as the flow holds the current state of each job. If events of a job have been dropped,
 * {@linkcode MemoryStore.read} returns the remaining ones.
 *
 * @example A flow that retains its last hundred jobs
 * ```ts
 * import { MemoryStore } from "@millrace/flow/store";
 *
 * const store = new MemoryStore({ retention: { jobs: 100 } });
 * ```
 */
export class MemoryStore implements Store {
  /** Always `false`: jobs end with the process. */
  readonly isDurable = false;
  /** The retention of the store. */
  readonly retention: Required<Retention>;
  readonly #flows = new OpenFlows();
  /** The shapes of the flows, by id. */
  readonly #shapes = new Map<string, FlowShape>();
  readonly #jobs: JobRecords;

  /**
   * Creates an empty store.
   *
   * @param options The options of the store.
   * @throws {InvalidOptionError} If an option has an invalid value, or is unknown.
   */
  constructor(options: MemoryStoreOptions = {}) {
    const { retention } = checkOptions("new MemoryStore", options, MEMORY_STORE);
    this.retention = Object.freeze(
      retentionOf(retention, { jobs: 1_000, age: Infinity, events: 100_000, payloads: true }),
    );
    this.#jobs = new JobRecords(this.#flows, this.retention, ({ flowId, jobId }) => {
      this.#flows.forget(flowId, jobId);
    });
  }

  /**
   * Opens the store for a flow, until the returned object is disposed of.
   *
   * @param shape The flow's shape, which is stored with jobs that are started from now on.
   * @param onForget Called with each job of the flow that the store drops.
   * @param isRunning Checks whether the flow runs a job, which must not be deleted then. By default, the flow
   * runs all its jobs that have not ended.
   * @returns An object that closes the store for the flow when disposed of.
   * @throws {DuplicateFlowError} If a flow with this id has the store open.
   */
  open(
    shape: FlowShape,
    onForget?: OnForget,
    isRunning?: (jobId: string) => boolean,
  ): Disposable {
    const opened = this.#flows.add(shape, onForget, isRunning);
    this.#shapes.set(shape.flowId, shape);
    return opened;
  }

  /**
   * Stores JobEvents, all or none.
   *
   * @param events The events, of one job or several.
   * @throws {DuplicateJobError} If a started job already exists.
   * @throws {StoreJobError} If the job of an event does not exist, if an event does not follow the last one
   * of its job, or if it starts a job of a flow that does not have the store open.
   * @throws {StoreValueError} If the id of a job contains a NUL or a lone surrogate.
   */
  append(events: readonly JobEvent[]): void {
    this.#jobs.check(events);
    this.#jobs.append(events, this.#shapes);
  }

  /** Does nothing, as the flow holds the job. */
  snapshot(): void {}

  /**
   * Returns the remaining JobEvents of a job.
   *
   * @param jobId The job.
   * @param after The number of the JobEvent after which to begin. By default, the first one is included.
   * @returns The job; `undefined` if it does not exist.
   * @throws {InvalidOptionError} If `jobId` is not a string, or `after` is not a number.
   */
  read(jobId: string, after = 0): StoredJob | undefined {
    return this.#jobs.read(jobId, after);
  }

  /**
   * Returns the data that is needed to continue a job, which is its remaining JobEvents.
   *
   * @param jobId The job.
   * @returns The job; `undefined` if it does not exist.
   * @throws {InvalidOptionError} If `jobId` is not a string.
   */
  latest(jobId: string): StoredJob | undefined {
    return this.read(jobId);
  }

  /**
   * Checks whether a job was started with an entry and a payload.
   *
   * @param jobId The job.
   * @param entry The entry and payload to compare with those of the job.
   * @returns `true` if they are equal, or if the first JobEvent of the job was dropped.
   * @throws {InvalidOptionError} If `jobId` is not a string.
   */
  isStartedWith(jobId: string, entry: JobEntry): boolean {
    return this.#jobs.isStartedWith(jobId, entry);
  }

  /**
   * Deletes a job, whose id can then be reused. A job that has not ended can be deleted only while no flow
   * that has the store open runs it.
   *
   * @param jobId The job.
   * @returns `true` if the job existed.
   * @throws {UnfinishedJobError} If the job has not ended, and its flow runs it.
   */
  delete(jobId: string): boolean {
    const job = this.#jobs.get(jobId);
    if (job === undefined) return false;
    const { flowId, endedAt } = job;
    if (endedAt === undefined && this.#flows.isRunning(flowId, jobId)) {
      throw new UnfinishedJobError(jobId, flowId);
    }
    this.#jobs.delete(job);
    return true;
  }

  /**
   * Iterates over the jobs of a flow that have not ended, oldest first.
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
   * @returns The shape; `undefined` if the job does not exist.
   */
  shapeOf(jobId: string): FlowShape | undefined {
    return this.#jobs.get(jobId)?.shape;
  }

  /**
   * Lists jobs, newest first.
   *
   * @param filter The jobs to list; all by default.
   * @throws {InvalidOptionError} If a field of the filter has an invalid value.
   */
  jobs(filter?: JobFilter): JobSummary[] {
    return this.#jobs.list(filter);
  }

  /** Does nothing, as a store in memory stays readable. */
  close(): void {}
}

/**
 * Options of a {@linkcode MemoryStore}.
 *
 * @example Retaining the ended jobs of the last hour
 * ```ts
 * import { MemoryStore, type MemoryStoreOptions } from "@millrace/flow/store";
 *
 * const options: MemoryStoreOptions = { retention: { jobs: 10_000, age: 60 * 60 * 1000 } };
 * const store = new MemoryStore(options);
 * console.log(store.jobs()); // []
 * ```
 */
export interface MemoryStoreOptions {
  /**
   * The retention. JobEvents are dropped in batches, so there can be up to a quarter more.
   *
   * @default The last 1,000 ended jobs, and 100,000 JobEvents of each.
   */
  readonly retention?: Retention;
}
