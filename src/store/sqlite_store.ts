import { checkFlag, checkOneOf, checkText } from "../data/option.ts";
import { checkOptions, type OptionChecks } from "../data/options.ts";
import { ClosedError } from "../errors/call_errors.ts";
import { StoreWriteError } from "../errors/store_errors.ts";
import type { Job } from "../engine/job.ts";
import type { JobEvent, JobStarted } from "../engine/job_event.ts";
import { assertStorable } from "./assert_storable.ts";
import { backUp } from "./backup.ts";
import { pathOfUrl } from "./builtin.ts";
import { type ConnectionSettings, JournalConnection, type Writing } from "./journal_connection.ts";
import { checkFilter } from "./job_filter.ts";
import type { ForgottenJob, JournalSweeper } from "./journal_sweeper.ts";
import { writerOf } from "./open_journals.ts";
import { OpenFlows } from "./open_flows.ts";
import { prepareEvents } from "./prepared_events.ts";
import { checkRetention, type Retention, retentionOf } from "./retention.ts";
import { guarded } from "./sqlite_error.ts";
import { checkAfter, checkId, isStoredId } from "./stored_id.ts";
import type {
  FlowShape,
  JobEntry,
  JobFilter,
  JobSummary,
  OnForget,
  Store,
  StoredJob,
} from "./store.ts";

/**
 * Options of a {@linkcode SqliteStore}.
 *
 * @example A journal that outlives a loss of power
 * ```ts
 * import { Flow } from "@millrace/flow";
 * import { SqliteStore, type SqliteStoreOptions } from "@millrace/flow/sqlite";
 *
 * const options: SqliteStoreOptions = { synchronous: "full", retention: { jobs: 100_000 } };
 * const path = await Deno.makeTempFile({ suffix: ".db" });
 * using store = new SqliteStore(path, options);
 * await using flow = new Flow({ id: "payments", store });
 * ```
 */
export interface SqliteStoreOptions {
  /**
   * The durability of a commit, and its cost. With `"normal"` it outlives the process, however that
   * ends; a loss of power or a crash of the system may undo the last commits, in order and whole.
   * With
   * `"full"` it outlives that too, as each commit waits for the disk, which takes from a tenth of a
   * millisecond to several.
   *
   * @default {"normal"}
   */
  readonly synchronous?: "normal" | "full";
  /**
   * The retention. Ended jobs are dropped some at a time, so up to a tenth more may be there.
   * JobEvents are dropped when the job is next stored as a snapshot, as those after it are needed to
   * go on.
   *
   * @default Everything, but for large payloads that have done their work.
   */
  readonly retention?: Retention;
  /**
   * Only reads what another process writes, at the same time or another.
   *
   * @default {false}
   */
  readonly readOnly?: boolean;
  /**
   * Opens a file although commits are missing from it, as from a copy without its `-wal` file. What is
   * there of its jobs goes on from an earlier state.
   *
   * @default {false}
   */
  readonly salvage?: boolean;
}

/** The options of an SQLite store, each with its check. */
const SQLITE_STORE: OptionChecks<SqliteStoreOptions> = {
  synchronous: checkOneOf("normal", "full"),
  retention: checkRetention,
  readOnly: checkFlag,
  salvage: checkFlag,
};

/**
 * Keeps JobEvents in an SQLite file, where they outlive the process. One process writes it; any
 * number read it meanwhile. Beside `jobs.db` it needs to write `jobs.db-wal` and `jobs.db-shm`, which
 * are gone when it is closed, and `jobs.db.lock`, which stays.
 *
 * Whoever makes a store closes it. When the last flow that used it has been closed, it lets the file go
 * by itself, so that another may write it, and opens it again when it is used again.
 *
 * @example Listing the jobs that failed today, while another process runs them
 * ```ts
 * import { SqliteStore } from "@millrace/flow/sqlite";
 * import type { JobSummary } from "@millrace/flow/store";
 *
 * function failedToday(path: string): JobSummary[] {
 *   using store = new SqliteStore(path, { readOnly: true });
 *   return store.jobs({ status: "failed", since: new Date().setHours(0, 0, 0, 0) });
 * }
 * ```
 */
export class SqliteStore implements Store, Disposable {
  /** Always `true`: jobs outlive the process. */
  readonly isDurable = true;
  /** The retention of the store. */
  readonly retention: Required<Retention>;
  readonly #path: string;
  readonly #settings: ConnectionSettings;
  readonly #flows = new OpenFlows(() => this.#rest());
  /** Absent while the store rests, as no flow has it open. */
  #connection: JournalConnection | undefined;
  #isClosed = false;

  /**
   * Opens a file, and makes it if there is none. One of an older format is brought up to date.
   *
   * @param file The file: its path, or its URL.
   * @param options How to keep what.
   * @throws {InvalidOptionError} If an option has a value that it cannot have, or is unknown.
   * @throws {StoreLockedError} If another process writes the file, or another store of this one.
   * @throws {StoreCorruptError} If the file is damaged, or that of another program.
   * @throws {StoreIncompleteError} If commits are missing from it, as from a copy without its `-wal`.
   * @throws {StoreVersionError} If a newer Millrace wrote the file.
   * @throws {StoreWriteError} If the file or its folder cannot be written.
   * @throws {StoreReadError} If it is to be read only, and cannot be.
   */
  constructor(file: string | URL, options: SqliteStoreOptions = {}) {
    const checked = checkOptions("new SqliteStore", options, SQLITE_STORE);
    const { synchronous = "normal", readOnly = false, salvage = false } = checked;
    this.#path = pathOf(file instanceof URL ? file : checkText("file", file));
    this.retention = Object.freeze(
      retentionOf(checked.retention, {
        jobs: Infinity,
        age: Infinity,
        events: Infinity,
        payloads: false,
      }),
    );
    this.#settings = { synchronous, readOnly, salvage, retention: this.retention };
    this.#connect();
  }

  /**
   * Begins to write for a flow, until the flow leaves the store.
   *
   * @param shape The flow's shape, which is persisted with the jobs started from now on.
   * @param onForget Called with each ended job of the flow that the store lets go.
   * @returns Lets the flow leave the store.
   * @throws {DuplicateFlowError} If a flow of this id has the store open.
   * @throws {StoreWriteError} If that cannot be written.
   */
  open(shape: FlowShape, onForget?: OnForget): Disposable {
    this.#flows.check(shape.flowId);
    this.#write(({ journal }) => journal.open(shape));
    return this.#flows.add(shape, onForget);
  }

  /**
   * Refuses a value that a file cannot keep: a `Blob`, shared memory, what can only be moved.
   *
   * @param value The value.
   * @param what What to call it in the path of an error.
   * @throws {StoreValueError} With the path of the offending field.
   */
  assertStorable(value: unknown, what: string): void {
    assertStorable(value, what);
  }

  /**
   * Encodes JobEvents that are to be appended. A single value, as a payload or what is written to a key
   * of the shared data, may take 256 MB: characters as JSON, or bytes as structured clone where JSON
   * cannot hold it. So may all else that an activation commits at once, where only values below 1 kB
   * count.
   *
   * @param events The events, of one job or several.
   * @throws {StoreValueError} If one holds what cannot be stored, or is too large.
   */
  prepare(events: readonly JobEvent[]): void {
    prepareEvents(events);
  }

  /**
   * Commits JobEvents in one transaction. When it returns they are stored, as `synchronous` promises.
   *
   * @param events The events, of one job or several.
   * @throws {DuplicateJobError} If a job is started that is there already.
   * @throws {StoreJobError} If an event is of a job that is not there, does not follow on those of its
   * job, or starts a job of a flow that does not have the store open.
   * @throws {StoreValueError} If an event holds what cannot be stored.
   * @throws {StoreWriteError} If they cannot be written. In each case nothing was stored.
   */
  append(events: readonly JobEvent[]): void {
    const last = events[events.length - 1];
    if (last === undefined) return;
    this.#write(({ journal, sweeper, freePages }) => {
      for (const event of events) if (event.type === "job_started") this.#checkStart(event);
      const ended = journal.append(events);
      if (ended === 0) return;
      this.#sweep(sweeper, ended, last.at);
      freePages.look();
    });
  }

  /**
   * Keeps a job as it is, in place of its last snapshot, so that going on from here takes no events
   * before it.
   *
   * @param job The job, whose events have all been appended.
   * @throws {StoreJobError} If the job is not there.
   * @throws {StoreWriteError} If it cannot be written; the last snapshot is still there then.
   */
  snapshot(job: Job): void {
    this.#write(({ journal, freePages }) => {
      if (journal.snapshot(job)) freePages.look();
    });
  }

  /**
   * Checks whether a snapshot of a job pays: after 10,000 JobEvents, after 4 MB of them, and,
   * unless the job is small, at its end.
   *
   * @param job The job.
   */
  isSnapshotDue(job: Job): boolean {
    return this.#connection?.writing?.journal.isSnapshotDue(job) ?? false;
  }

  /**
   * Reads what is stored of a job.
   *
   * @param jobId The job.
   * @param after Leaves out the JobEvents up to this number. By default, none.
   * @returns The job, or `undefined` if there is none.
   * @throws {InvalidOptionError} If `jobId` is no text, or `after` no number of an event.
   * @throws {StoreError} If it cannot be read.
   */
  read(jobId: string, after?: number): StoredJob | undefined {
    if (after !== undefined) checkAfter(after);
    if (!isStoredId("jobId", jobId)) return undefined;
    return this.#read(({ reader }) => reader.read(jobId, after));
  }

  /**
   * Deletes a job and all that is stored of it; its id is free again. One that has not ended is deleted
   * only while no flow of its id has the store open.
   *
   * @param jobId The job.
   * @returns Whether there was such a job.
   * @throws {UnfinishedJobError} If it has not ended, and its flow has the store open.
   * @throws {StoreWriteError} If the file cannot be written.
   */
  delete(jobId: string): boolean {
    if (!isStoredId("jobId", jobId)) return false;
    let deleted: ForgottenJob | undefined;
    this.#write(({ journal, sweeper, freePages }) => {
      deleted = sweeper.delete(jobId, (flowId) => this.#flows.has(flowId));
      journal.forget(jobId);
      freePages.look();
    });
    if (deleted !== undefined) this.#flows.forget(deleted.flowId, jobId);
    return deleted !== undefined;
  }

  /**
   * Reads what it takes to have a job as it is: its last snapshot, and the JobEvents after that.
   *
   * @param jobId The job.
   * @returns The job, or `undefined` if there is none.
   * @throws {StoreError} If it cannot be read.
   */
  latest(jobId: string): StoredJob | undefined {
    if (!isStoredId("jobId", jobId)) return undefined;
    return this.#read(({ reader }) => reader.latest(jobId));
  }

  /**
   * Compares what a job was started with, by a digest.
   *
   * @param jobId The job.
   * @param entry What to compare it with.
   * @returns Whether it is the same; `false` if there is no such job.
   * @throws {StoreError} If it cannot be read.
   */
  isStartedWith(jobId: string, entry: JobEntry): boolean {
    if (!isStoredId("jobId", jobId)) return false;
    return this.#read(({ reader }) => reader.isStartedWith(jobId, entry));
  }

  /**
   * Reads the jobs of a flow that have not ended, the oldest first, one at a time.
   *
   * @param flowId The flow.
   * @returns Each with its last snapshot, and the JobEvents after it.
   * @throws {StoreError} If one cannot be read.
   */
  *unfinished(flowId: string): Generator<StoredJob, void> {
    if (!isStoredId("flowId", flowId)) return;
    for (const entry of this.#read(({ reader }) => reader.unfinished(flowId))) {
      const stored = this.#read(({ reader }) => reader.readUnfinished(entry));
      if (stored !== undefined) yield stored;
    }
  }

  /**
   * Gives the shape that a job's flow had when the job was started.
   *
   * @param jobId The job.
   * @returns The shape, or `undefined` if there is no such job.
   * @throws {StoreError} If it cannot be read.
   */
  shapeOf(jobId: string): FlowShape | undefined {
    if (!isStoredId("jobId", jobId)) return undefined;
    return this.#read(({ reader }) => reader.shapeOf(jobId));
  }

  /**
   * Lists jobs, the newest first.
   *
   * @param filter Which jobs; all by default.
   * @throws {InvalidOptionError} If a part of it has a value that it cannot have.
   * @throws {StoreError} If they cannot be read.
   */
  jobs(filter?: JobFilter): JobSummary[] {
    const checked = checkFilter(filter);
    return this.#read(({ reader }) => reader.jobs(checked));
  }

  /**
   * Copies the store to another file, as it is at one moment, while it is written on: a copy of the file
   * by other means would lack what is beside it. The copy is a store of its own. A file that is there is
   * replaced when the copy is whole. It takes about a second for a hundred megabytes, in a thread of its
   * own.
   *
   * @example A copy every night
   * ```ts
   * import type { SqliteStore } from "@millrace/flow/sqlite";
   *
   * async function backUp(store: SqliteStore): Promise<void> {
   *   await store.backup(`backup_${new Date().toISOString().slice(0, 10)}.db`);
   * }
   * ```
   *
   * @param file Where the copy is to be: its path, or its URL.
   * @throws {StoreWriteError} If the copy cannot be written, or the file is in use.
   * @throws {StoreError} If the store cannot be read, or its file is not there any more.
   */
  async backup(file: string | URL): Promise<void> {
    const connection = this.#connect();
    connection.check();
    await backUp(connection.path, pathOf(file));
  }

  /**
   * Looks whether the file, and what SQLite keeps beside it, is still there: what is written to a file
   * that was removed, renamed or replaced is lost. Each write looks by itself.
   *
   * @throws {StoreWriteError} If it is not.
   * @throws {StoreLockedError} If another process writes it, as its `.lock` file was removed.
   */
  check(): void {
    const connection = this.#connection;
    if (connection !== undefined) guarded(this.#path, "write", () => connection.check());
  }

  /** Lets the file go until the store is used again, unless a flow has it open. */
  rest(): void {
    if (this.#flows.isEmpty) this.#rest();
  }

  /** Closes the file, so that another process may write it; a second time does nothing. */
  close(): void {
    this.#isClosed = true;
    this.#rest();
  }

  /** As {@linkcode SqliteStore.close}. */
  [Symbol.dispose](): void {
    this.close();
  }

  /** Lets the file go until the store is used again. */
  #rest(): void {
    this.#connection?.[Symbol.dispose]();
    this.#connection = undefined;
  }

  #connect(): JournalConnection {
    if (this.#isClosed) throw new ClosedError(`the store ${this.#path}`);
    if (this.#settings.readOnly) return this.#connectToRead();
    return this.#connection ??= new JournalConnection(this.#path, this.#settings);
  }

  /**
   * Connects a reader: to the writer's own connection if this thread writes the file, else by a new
   * one.
   */
  #connectToRead(): JournalConnection {
    const writer = guarded(this.#path, "read", () => writerOf(this.#path));
    if (writer === undefined && this.#connection?.isCurrent) return this.#connection;
    this.#rest();
    return writer ?? (this.#connection = new JournalConnection(this.#path, this.#settings));
  }

  #read<T>(work: (connection: JournalConnection) => T): T {
    const connection = this.#connect();
    return guarded(this.#path, "read", () => work(connection));
  }

  #write(work: (writing: Writing) => void): void {
    if (this.#settings.readOnly) throw new StoreWriteError(this.#path, "it was opened readOnly");
    const connection = this.#connect();
    guarded(this.#path, "write", () => connection.write(work));
  }

  #checkStart(event: JobStarted): void {
    checkId("jobId", event.jobId);
    this.#flows.checkStart(event);
  }

  #sweep(sweeper: JournalSweeper, ended: number, at: number): void {
    try {
      for (const { jobId, flowId } of sweeper.sweep(ended, at)) this.#flows.forget(flowId, jobId);
    } catch {
      // The events are stored. What cannot be dropped now is dropped when a job ends next.
    }
  }
}

/** The path of a file; SQLite would take `:memory:`, and an address, for more than that. */
function pathOf(file: string | URL): string {
  if (file instanceof URL || file.startsWith("file:")) return pathOfUrl(file);
  return file === "" || file.startsWith(":") ? `./${file}` : file;
}
