import type { Job, JobStatus } from "../engine/job.ts";
import type { JobEvent } from "../engine/job_event.ts";
import type { Retention } from "./retention.ts";

/**
 * Which jobs to list.
 *
 * @example The last ten jobs that did not go well
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
  /** Jobs made at this time or later, in epoch milliseconds. */
  readonly since?: number;
  /**
   * The greatest number of jobs; the newest are listed.
   *
   * @default {Infinity}
   */
  readonly limit?: number;
  /**
   * Jobs that come after this one in the list, so older ones: the `cursor` of the last job of the page
   * before. That job need not be there any more.
   *
   * @default From the newest on.
   */
  readonly after?: string;
}

/**
 * A job in a list.
 *
 * @example A job as a line of a list
 * ```ts
 * import type { JobSummary } from "@millrace/flow/store";
 *
 * function line({ jobId, status, createdAt, endedAt }: JobSummary): string {
 *   return `${jobId} ${status}${endedAt === undefined ? "" : ` after ${endedAt - createdAt} ms`}`;
 * }
 * const night = { jobId: "night", flowId: "numbers", status: "completed", createdAt: 0 } as const;
 * console.log(line({ ...night, endedAt: 250, cursor: "0/1" })); // night completed after 250 ms
 * ```
 */
export interface JobSummary {
  /** The job. */
  readonly jobId: string;
  /** Its flow. */
  readonly flowId: string;
  /** The status. */
  readonly status: JobStatus;
  /** When it was made, in epoch milliseconds. */
  readonly createdAt: number;
  /** When it ended, in epoch milliseconds. */
  readonly endedAt: number | undefined;
  /** Its place in the list, for {@linkcode JobFilter.after}; it stays the same as long as the job does. */
  readonly cursor: string;
}

/**
 * The record of a job in a store.
 *
 * @example Whether the history of a job is whole
 * ```ts
 * import type { StoredJob } from "@millrace/flow/store";
 *
 * function isWhole({ events }: StoredJob): boolean {
 *   return events[0]?.seq === 1;
 * }
 * console.log(isWhole({ snapshot: undefined, events: [] })); // false
 * ```
 */
export interface StoredJob {
  /** The job as it was after `snapshot.seq` JobEvents; absent if there is none. */
  readonly snapshot: Job | undefined;
  /** The JobEvents stored, in order: those after the snapshot, and before it as many as are stored. */
  readonly events: readonly JobEvent[];
}

/**
 * A flow as a store knows it: what has to be the same for its jobs to go on.
 *
 * @example What has been added to a flow since
 * ```ts
 * import type { FlowShape } from "@millrace/flow/store";
 *
 * function added(before: FlowShape, now: FlowShape): string[] {
 *   return now.lines.filter((line) => !before.lines.includes(line));
 * }
 * const before = { flowId: "words", lines: ["split(text) -> (word)"] };
 * const now = { flowId: "words", lines: [...before.lines, "split.word -> count.input"] };
 * console.log(added(before, now)); // [ "split.word -> count.input" ]
 * ```
 */
export interface FlowShape {
  /** The flow's id. */
  readonly flowId: string;
  /** A line for each routine and each connection, sorted. */
  readonly lines: readonly string[];
}

/**
 * The entry of a job.
 *
 * @example Whether a job was started with a payload
 * ```ts
 * import { type JobEntry, MemoryStore } from "@millrace/flow/store";
 *
 * const entry: JobEntry = { routineId: "fibonacci", slot: "n", payload: 20 };
 * console.log(new MemoryStore().isStartedWith("night", entry)); // false, as there is no such job
 * ```
 */
export interface JobEntry {
  /** The routine at which it starts. */
  readonly routineId: string;
  /** The slot of that routine. */
  readonly slot: string;
  /** The payload. */
  readonly payload: unknown;
}

/**
 * Receives each ended job that a store has deleted by its retention; it must not throw.
 *
 * @example Keeping count of what a store lets go of
 * ```ts
 * import { MemoryStore, type OnForget } from "@millrace/flow/store";
 *
 * const forgotten = new Set<string>();
 * const onForget: OnForget = (jobId) => void forgotten.add(jobId);
 * new MemoryStore({ retention: { jobs: 10 } }).open({ flowId: "words", lines: [] }, onForget);
 * ```
 */
export type OnForget = (jobId: string) => void;

/**
 * Where the JobEvents of flows are stored: in memory, or in a journal. A job id is unique in a store,
 * whatever the flow.
 *
 * @example A flow that is given a store
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
  /** `true` if jobs outlive the process. */
  readonly isDurable: boolean;
  /** The retention of the store; absent for everything. A job holds as many errors as events. */
  readonly retention?: Retention;
  /**
   * Begins to write for a flow, until the flow leaves the store.
   *
   * @param shape The flow's shape, which is persisted with the jobs started from now on.
   * @param onForget Called with each ended job of the flow that the store lets go.
   * @returns Lets the flow leave the store, which stays open for others; a second time does nothing.
   * @throws {DuplicateFlowError} If a flow of this id has the store open.
   * @throws {StoreError} If the store cannot be written.
   */
  open(shape: FlowShape, onForget?: OnForget): Disposable;
  /**
   * Refuses a value that the store cannot keep, although it can be sent to a worker; absent where it
   * keeps all.
   *
   * @param value The value.
   * @param what What to call it in the path of an error.
   * @throws {StoreValueError} With the path of the offending field.
   */
  assertStorable?(value: unknown, what: string): void;
  /**
   * Encodes JobEvents that have been decided and are to be appended soon, so that nothing is left for
   * {@linkcode Store.append} but to write them: what cannot be stored is refused here, before anything
   * depends on it. Absent where nothing is encoded. Events may be appended without it, and need not be
   * appended after it.
   *
   * @param events The events, of one job or several.
   * @throws {StoreValueError} If one holds what cannot be stored, or is too large; none is prepared then.
   */
  prepare?(events: readonly JobEvent[]): void;
  /**
   * Commits JobEvents, all or none. They may be of several jobs. When it returns, they are stored.
   *
   * @throws {DuplicateJobError} If a job is started that is there already.
   * @throws {StoreJobError} If an event does not follow on those of its job, or its flow is not open.
   * @throws {StoreError} If it is impossible. In each case nothing was stored.
   */
  append(events: readonly JobEvent[]): void;
  /**
   * Checks whether a snapshot of a job pays by now; absent where none ever does. It is called after
   * each append, of the jobs that the JobEvents were of.
   */
  isSnapshotDue?(job: Job): boolean;
  /**
   * Keeps a job as it is after `job.seq` JobEvents, which have all been appended. A store that is
   * not durable may leave that to the flow, which holds the job.
   *
   * @throws {StoreError} If that is impossible; the last snapshot is still there then.
   */
  snapshot(job: Job): void;
  /**
   * Reads the record of a job.
   *
   * @param jobId The job.
   * @param after Leaves out the JobEvents up to this number. By default, none.
   * @returns The job, or `undefined` if there is none.
   * @throws {InvalidOptionError} If `jobId` is no text, or `after` no number of an event.
   */
  read(jobId: string, after?: number): StoredJob | undefined;
  /**
   * Deletes a job and all that is stored of it; its id is free again. One that has not ended is deleted
   * only while no flow of its id has the store open.
   *
   * @param jobId The job.
   * @returns Whether there was such a job.
   * @throws {UnfinishedJobError} If it has not ended, and its flow has the store open.
   * @throws {StoreError} If the store cannot be written.
   */
  delete(jobId: string): boolean;
  /**
   * Reads the parts that give a job as it is: its last snapshot, and the JobEvents after that. It
   * takes no longer for a job of a long history.
   *
   * @param jobId The job.
   * @returns The job, or `undefined` if there is none.
   */
  latest(jobId: string): StoredJob | undefined;
  /**
   * Checks whether a job was started with an entry and a payload. It does not read the job's
   * history.
   *
   * @param jobId The job.
   * @param entry What to compare it with.
   * @returns Whether it is the same; `true` if that is not known any more, `false` if there is no job.
   */
  isStartedWith(jobId: string, entry: JobEntry): boolean;
  /**
   * The jobs of a flow that have not ended, the oldest first: each with the JobEvents after its
   * snapshot only, which is what it takes to go on.
   */
  unfinished(flowId: string): Iterable<StoredJob>;
  /** The shape of the flow under which a job was started, or `undefined`. */
  shapeOf(jobId: string): FlowShape | undefined;
  /**
   * Lists jobs, the newest first.
   *
   * @throws {InvalidOptionError} If a part of the filter has a value that it cannot have.
   */
  jobs(filter?: JobFilter): JobSummary[];
  /**
   * Checks that what was stored is still there; absent where it cannot vanish. A flow that has the store
   * open asks about once a second, also while nothing happens.
   *
   * @throws {StoreError} If it is not, or cannot be written any more.
   */
  check?(): void;
  /**
   * Lets go of what it holds until it is used again, unless a flow has it open; absent where it holds
   * nothing that others need. A flow calls it that was closed before it had opened the store.
   */
  rest?(): void;
  /** Lets go of what it holds; a second time does nothing. */
  close(): void;
}
