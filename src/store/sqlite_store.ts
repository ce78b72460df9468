// The public class `SqliteStore`: checks each call and passes it to a `JournalConnection`, which it opens and
// closes on demand.

import { checkFlag, checkOneOf, checkText } from "../data/option.ts";
import { checkOptions, type OptionChecks } from "../data/options.ts";
import { ClosedError } from "../errors/call_errors.ts";
import { StoreCorruptError, StoreWriteError } from "../errors/store_errors.ts";
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
  CountedStart,
  FlowShape,
  JobEntry,
  JobFilter,
  JobSummary,
  OnForget,
  Store,
  StoredJob,
} from "./store.ts";

/** The checks of the options of an SQLite store. */
const SQLITE_STORE: OptionChecks<SqliteStoreOptions> = {
  synchronous: checkOneOf("normal", "full"),
  retention: checkRetention,
  readOnly: checkFlag,
  salvage: checkFlag,
};

/**
 * Persists JobEvents in an SQLite file. One process writes the file, and any number of processes read it
 * meanwhile. Beside `jobs.db`, the store writes `jobs.db-wal` and `jobs.db-shm`, which are removed when it is
 * closed, and `jobs.db.lock`, which stays.
 *
 * The creator of a store closes it. When the last flow that uses the store is closed, the store closes its
 * file, so that another process may write it. The store can still be read then, without the lock of the
 * writer, and takes the lock again with the next write.
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
  /** The connection; `undefined` while the file is closed because no flow has the store open. */
  #connection: JournalConnection | undefined;
  #isClosed = false;

  /**
   * Opens a file. Creates it if it does not exist, and migrates an older format.
   *
   * @param file The path or URL of the file.
   * @param options The options of the store.
   * @throws {InvalidOptionError} If an option has an invalid value, or is unknown.
   * @throws {StoreLockedError} If another process, or another store of this process, writes the file.
   * @throws {StoreCorruptError} If the file is damaged, or is not a store.
   * @throws {StoreIncompleteError} If commits are missing from the file, as in a copy without its `-wal`
   * file.
   * @throws {StoreVersionError} If the file has a format that this release of Millrace cannot use.
   * @throws {StoreWriteError} If the file or its folder cannot be written.
   * @throws {StoreReadError} If the file is opened with `readOnly`, and cannot be read.
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
    const onForget = ({ jobId, flowId }: ForgottenJob) => this.#flows.forget(flowId, jobId);
    this.#settings = { synchronous, readOnly, salvage, retention: this.retention, onForget };
    this.#connect();
  }

  /**
   * Opens the store for a flow, until the returned object is disposed of.
   *
   * @param shape The flow's shape, which is persisted with jobs that are started from now on.
   * @param onForget Called with each job of the flow that the store drops.
   * @param isRunning Checks whether the flow runs a job, which must not be deleted then. By default, the flow
   * runs all its jobs that have not ended.
   * @returns An object that closes the store for the flow when disposed of.
   * @throws {DuplicateFlowError} If a flow with this id has the store open.
   * @throws {StoreWriteError} If the shape cannot be written.
   */
  open(
    shape: FlowShape,
    onForget?: OnForget,
    isRunning?: (jobId: string) => boolean,
  ): Disposable {
    this.#flows.check(shape.flowId);
    this.#write(({ journal }) => journal.open(shape));
    return this.#flows.add(shape, onForget, isRunning);
  }

  /**
   * Refuses a value that cannot be persisted, such as a `Blob`, shared memory, or an object that can only be
   * moved.
   *
   * @param value The value.
   * @param what The name of the value in the path of an error.
   * @throws {StoreValueError} With the path of the offending field.
   */
  assertStorable(value: unknown, what: string): void {
    assertStorable(value, what);
  }

  /**
   * Encodes JobEvents that are about to be appended. A single value, such as a payload or a value of the
   * shared data, may take up to 256 MB: in characters as JSON, or in bytes as structured clone if JSON cannot
   * represent it. The same limit applies to the rest of a commit, in which only values below 1 kB count.
   *
   * @param events The events, of one job or several.
   * @throws {StoreValueError} If an event has a value that cannot be stored, or is too large.
   */
  prepare(events: readonly JobEvent[]): void {
    prepareEvents(events);
  }

  /**
   * Commits JobEvents in one transaction. When `append` returns, they are stored with the durability of
   * `synchronous`.
   *
   * @param events The events, of one job or several.
   * @throws {DuplicateJobError} If a started job already exists.
   * @throws {StoreJobError} If the job of an event does not exist, if an event does not follow the last one
   * of its job, or if it starts a job of a flow that does not have the store open.
   * @throws {StoreValueError} If an event has a value that cannot be stored.
   * @throws {StoreWriteError} If the file cannot be written. In all these cases, nothing was stored.
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
   * Stores the current state of a job, in place of its last snapshot, so that earlier events are not needed
   * to continue the job.
   *
   * @param job The job, all of whose events have been appended.
   * @throws {StoreJobError} If the job does not exist.
   * @throws {StoreWriteError} If the snapshot cannot be written; the last one is retained then.
   */
  snapshot(job: Job): void {
    this.#write(({ journal, freePages }) => {
      if (journal.snapshot(job)) freePages.look();
    });
  }

  /**
   * Checks whether a snapshot of a job is worth its cost: at the earliest after 10,000 JobEvents or 4 MB of
   * them, and at the end of the job unless it is small.
   *
   * @param job The job.
   */
  isSnapshotDue(job: Job): boolean {
    return this.#connection?.writing?.journal.isSnapshotDue(job) ?? false;
  }

  /**
   * Reads the record of a job.
   *
   * @param jobId The job.
   * @param after The number of the JobEvent after which to begin. By default, the first stored one is
   * included.
   * @returns The job; `undefined` if it does not exist.
   * @throws {InvalidOptionError} If `jobId` is not a string, or `after` is not a number.
   * @throws {StoreError} If the store cannot be read.
   */
  read(jobId: string, after?: number): StoredJob | undefined {
    if (after !== undefined) checkAfter(after);
    if (!isStoredId("jobId", jobId)) return undefined;
    return this.#read(({ reader }) => reader.read(jobId, after));
  }

  /**
   * Deletes a job and all its records, even if they are damaged. Its id can then be reused. A job that has
   * not ended can be deleted only while no flow that has the store open runs it.
   *
   * @param jobId The job.
   * @returns `true` if the job existed.
   * @throws {UnfinishedJobError} If the job has not ended, and its flow runs it.
   * @throws {StoreWriteError} If the file cannot be written.
   */
  delete(jobId: string): boolean {
    if (!isStoredId("jobId", jobId)) return false;
    let wasThere = false;
    this.#write(({ sweeper, freePages }) => {
      wasThere = sweeper.delete(jobId, (flowId) => this.#flows.isRunning(flowId, jobId));
      freePages.look();
    });
    return wasThere;
  }

  /**
   * Reads the data that is needed to restore a job: its last snapshot, and the JobEvents after that.
   *
   * @param jobId The job.
   * @returns The job; `undefined` if it does not exist.
   * @throws {StoreError} If the store cannot be read.
   */
  latest(jobId: string): StoredJob | undefined {
    if (!isStoredId("jobId", jobId)) return undefined;
    return this.#read(({ reader }) => reader.latest(jobId));
  }

  /**
   * Checks whether a job was started with an entry and a payload, by comparing digests.
   *
   * @param jobId The job.
   * @param entry The entry and payload to compare with those of the job.
   * @returns `true` if they are equal; `false` if the job does not exist.
   * @throws {StoreError} If the store cannot be read.
   */
  isStartedWith(jobId: string, entry: JobEntry): boolean {
    if (!isStoredId("jobId", jobId)) return false;
    return this.#read(({ reader }) => reader.isStartedWith(jobId, entry));
  }

  /**
   * Reads the jobs of a flow that have not ended, oldest first, one at a time.
   *
   * @param flowId The flow.
   * @param onUnreadable Called with each job whose records are damaged, and the error; the job is left out.
   * By default, the error is thrown.
   * @returns The jobs, each with its last snapshot and the JobEvents after it.
   * @throws {StoreError} If the store cannot be read, or if a job is damaged and `onUnreadable` is absent.
   */
  *unfinished(
    flowId: string,
    onUnreadable?: (jobId: string, reason: unknown) => void,
  ): Generator<StoredJob, void> {
    if (!isStoredId("flowId", flowId)) return;
    for (const entry of this.#read(({ reader }) => reader.unfinished(flowId))) {
      let stored: StoredJob | undefined;
      try {
        stored = this.#read(({ reader }) => reader.readUnfinished(entry));
      } catch (error) {
        if (onUnreadable === undefined || !(error instanceof StoreCorruptError)) throw error;
        onUnreadable(entry.jobId, error);
      }
      if (stored !== undefined) yield stored;
    }
  }

  /**
   * Returns the shape that a job's flow had when the job was started.
   *
   * @param jobId The job.
   * @returns The shape; `undefined` if the job does not exist.
   * @throws {StoreError} If the store cannot be read.
   */
  shapeOf(jobId: string): FlowShape | undefined {
    if (!isStoredId("jobId", jobId)) return undefined;
    return this.#read(({ reader }) => reader.shapeOf(jobId));
  }

  /**
   * Returns the attempts of a flow's routines that still count to a `rate` at a time, oldest first.
   *
   * @param flowId The flow.
   * @param at The time, in epoch milliseconds.
   * @throws {StoreError} If the store cannot be read.
   */
  startsSince(flowId: string, at: number): CountedStart[] {
    if (!isStoredId("flowId", flowId)) return [];
    return this.#read(({ reader }) => reader.startsSince(flowId, at));
  }

  /**
   * Lists jobs, newest first.
   *
   * @param filter The jobs to list; all by default.
   * @throws {InvalidOptionError} If a field of the filter has an invalid value.
   * @throws {StoreError} If the store cannot be read.
   */
  jobs(filter?: JobFilter): JobSummary[] {
    const checked = checkFilter(filter);
    return this.#read(({ reader }) => reader.jobs(checked));
  }

  /**
   * Makes a consistent copy of the store while it is in use. A copy of the file by other means would lack the
   * commits in the `-wal` file. The copy is a store of its own. An existing file at the target is replaced
   * when the copy is complete. The copy is made in a separate thread, and takes about a second per hundred
   * megabytes.
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
   * @param file The path or URL of the copy.
   * @throws {StoreWriteError} If the copy cannot be written, or its file is in use.
   * @throws {StoreError} If the store cannot be read, or its file was removed.
   */
  async backup(file: string | URL): Promise<void> {
    const connection = this.#connect();
    connection.check();
    await backUp(connection.path, pathOf(file));
  }

  /**
   * Checks that the file, and the files of SQLite beside it, are in place and unchanged, as data written to a
   * file that was removed, renamed, replaced or overwritten is lost. Each write includes this check.
   *
   * @throws {StoreWriteError} If a file is missing or was replaced.
   * @throws {StoreCorruptError} If another program has overwritten or truncated a file.
   * @throws {StoreLockedError} If another process writes the file, because its `.lock` file was removed.
   */
  check(): void {
    const connection = this.#connection;
    if (connection !== undefined) guarded(this.#path, "write", () => connection.check());
  }

  /** Closes the file until the next use of the store, unless a flow has the store open. */
  rest(): void {
    if (this.#flows.isEmpty) this.#rest();
  }

  /** Closes the file, so that another process may write it. A second call has no effect. */
  close(): void {
    this.#isClosed = true;
    this.#rest();
  }

  /** The same as {@linkcode SqliteStore.close}. */
  [Symbol.dispose](): void {
    this.close();
  }

  /** Closes the file until the next use of the store. */
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
   * Returns a connection for reading: the connection of the writer if this thread writes the file, else one
   * of its own.
   */
  #connectToRead(): JournalConnection {
    const writer = guarded(this.#path, "read", () => writerOf(this.#path));
    if (writer === undefined && this.#connection?.isCurrent) return this.#connection;
    this.#rest();
    return writer ?? (this.#connection = new JournalConnection(this.#path, this.#settings));
  }

  #read<T>(work: (connection: JournalConnection) => T): T {
    using visit = new DisposableStack();
    const connection = this.#settings.readOnly
      ? this.#connect()
      : this.#connection ?? this.#visit(visit);
    return guarded(this.#path, "read", () => work(connection));
  }

  /** Opens a file that this store has closed only for reading, so that another process may write it. */
  #visit(visit: DisposableStack): JournalConnection {
    if (this.#isClosed) return this.#connect();
    const writer = guarded(this.#path, "read", () => writerOf(this.#path));
    const settings = { ...this.#settings, readOnly: true };
    return writer ?? visit.use(new JournalConnection(this.#path, settings));
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
      sweeper.sweep(ended, at);
    } catch {
      // The events are stored. Jobs that could not be dropped are dropped by a later sweep.
    }
  }
}

/**
 * Options of a {@linkcode SqliteStore}.
 *
 * @example A journal that survives a loss of power
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
   * The durability of a commit. With `"normal"`, a commit survives any end of the process; a loss of power or
   * a crash of the system may undo the last commits, each as a whole and in order. With `"full"`, a commit
   * survives these as well, as it waits for the disk, which takes from a tenth of a millisecond to several
   * milliseconds.
   *
   * @default {"normal"}
   */
  readonly synchronous?: "normal" | "full";
  /**
   * The retention. Ended jobs are dropped in batches, so there can be up to a tenth more. After the retention
   * was lowered, it takes some time until all jobs that exceed it are dropped. JobEvents are dropped with the
   * next snapshot of the job, as the events after a snapshot are needed to continue the job.
   *
   * @default Everything except large payloads of activations that have committed.
   */
  readonly retention?: Retention;
  /**
   * Opens the file only for reading, while another process may write it.
   *
   * @default {false}
   */
  readonly readOnly?: boolean;
  /**
   * Opens a file from which commits are missing, such as a copy without its `-wal` file. Its jobs go on from
   * an earlier state.
   *
   * @default {false}
   */
  readonly salvage?: boolean;
}

/**
 * Returns the path of a file in a form to which SQLite gives no special meaning, unlike `:memory:` and URLs.
 */
function pathOf(file: string | URL): string {
  if (file instanceof URL || file.startsWith("file:")) return pathOfUrl(file);
  return file === "" || file.startsWith(":") ? `./${file}` : file;
}
