// The errors of a store, all of which are instances of `StoreError`.

import { MillraceError, type MillraceErrorOptions } from "./millrace_error.ts";

/**
 * The base class of all errors of a store. Each kind is a class with a literal `name`.
 *
 * @example Handling any error of a store
 * ```ts
 * import { StoreError } from "@millrace/flow/errors";
 * import { SqliteStore } from "@millrace/flow/sqlite";
 *
 * try {
 *   new SqliteStore("no/such/folder/jobs.db");
 * } catch (error) {
 *   if (!(error instanceof StoreError)) throw error;
 *   console.log(error.name); // StoreWriteError
 * }
 * ```
 */
export class StoreError extends MillraceError {
  /** `"StoreError"`, or the name of the kind. */
  override readonly name: string = "StoreError";
}

/**
 * A store could not be written, for example because the disk is full or the file is write-protected. No part
 * of the write counts as stored.
 *
 * @example A folder that does not exist
 * ```ts
 * import { StoreWriteError } from "@millrace/flow/errors";
 * import { SqliteStore } from "@millrace/flow/sqlite";
 *
 * try {
 *   new SqliteStore("no/such/folder/jobs.db"); // makes the file, but not its folder
 * } catch (error) {
 *   console.log(error instanceof StoreWriteError); // true
 * }
 * ```
 */
export class StoreWriteError extends StoreError {
  /** Always `"StoreWriteError"`. */
  override readonly name = "StoreWriteError";

  /**
   * Creates the error.
   *
   * @param path The store's file.
   * @param reason The reason for the failure, as it follows "cannot be written:" or "cannot be read:".
   * @param options The `cause`, and the ids that place the error.
   */
  constructor(path: string, reason: string, options?: MillraceErrorOptions) {
    super(`${path} cannot be written: ${reason}; no part of this write counts as stored`, options);
  }
}

/**
 * A store could not be read, because its file is missing or the process has no permission to read it.
 *
 * @example A store that is not there yet
 * ```ts
 * import { StoreReadError } from "@millrace/flow/errors";
 * import { SqliteStore } from "@millrace/flow/sqlite";
 *
 * try {
 *   new SqliteStore("no/such/folder/jobs.db", { readOnly: true }); // makes no file
 * } catch (error) {
 *   console.log(error instanceof StoreReadError); // true
 * }
 * ```
 */
export class StoreReadError extends StoreError {
  /** Always `"StoreReadError"`. */
  override readonly name = "StoreReadError";

  /**
   * Creates the error.
   *
   * @param path The store's file.
   * @param reason The reason for the failure, as it follows "cannot be written:" or "cannot be read:".
   * @param options The `cause`, and the ids that place the error.
   */
  constructor(path: string, reason: string, options?: MillraceErrorOptions) {
    super(`${path} cannot be read: ${reason}`, options);
  }
}

/** The process that writes a store. */
export interface StoreWriter {
  /** Its process id. */
  readonly pid: number;
  /** The time at which it opened the store, in epoch milliseconds. */
  readonly since: number;
}

/**
 * A store was opened for writing while another process, or another part of this process, writes it.
 *
 * @example Reading a store that another process writes
 * ```ts
 * import { StoreLockedError } from "@millrace/flow/errors";
 * import { SqliteStore } from "@millrace/flow/sqlite";
 *
 * function openStore(path: string): SqliteStore {
 *   try {
 *     return new SqliteStore(path);
 *   } catch (error) {
 *     if (!(error instanceof StoreLockedError)) throw error;
 *     console.error("written by process", error.writer?.pid);
 *     return new SqliteStore(path, { readOnly: true });
 *   }
 * }
 * ```
 */
export class StoreLockedError extends StoreError {
  /** Always `"StoreLockedError"`. */
  override readonly name = "StoreLockedError";
  /** The process that writes the store; `undefined` in the short time before that is known. */
  readonly writer: StoreWriter | undefined;

  /**
   * Creates the error.
   *
   * @param path The store's file.
   * @param writer The process that writes the store, if that is known.
   * @param options The `cause`, and the ids that place the error.
   */
  constructor(path: string, writer: StoreWriter | undefined, options?: MillraceErrorOptions) {
    const fix = writer?.pid === Deno.pid
      ? "give one store to all flows, and where workers load the module that opens it, open it behind `if (import.meta.main)`"
      : "a store has one writer: end it, or open the store with { readOnly: true }";
    super(`${path} is being written by ${describe(writer)}; ${fix}`, options);
    this.writer = writer;
  }
}

function describe(writer: StoreWriter | undefined): string {
  if (writer === undefined) return "another process";
  const who = writer.pid === Deno.pid ? "this process itself" : `process ${writer.pid}`;
  return `${who}, since ${new Date(writer.since).toISOString()}`;
}

/**
 * A value was refused because a store cannot persist it: it has a part that cannot be encoded, or is too
 * large.
 *
 * @example Checking ahead whether a value can be stored
 * ```ts
 * import { StoreValueError } from "@millrace/flow/errors";
 * import { SqliteStore } from "@millrace/flow/sqlite";
 *
 * function isStorable(store: SqliteStore, payload: unknown): boolean {
 *   try {
 *     store.assertStorable(payload, "payload");
 *     return true;
 *   } catch (error) {
 *     if (!(error instanceof StoreValueError)) throw error;
 *     console.error(error.path); // payload.user.avatar, if that is a Blob
 *     return false;
 *   }
 * }
 * ```
 */
export class StoreValueError extends StoreError {
  /** Always `"StoreValueError"`. */
  override readonly name = "StoreValueError";
  /** The path of the offending field, as `payload.user.avatar`; a long one without its middle. */
  readonly path: string;

  /**
   * Creates the error.
   *
   * @param path The path of the offending field.
   * @param reason The rest of the message: the fault of the field, and the fix.
   * @param options The `cause`, and the ids that place the error.
   */
  constructor(path: string, reason: string, options?: MillraceErrorOptions) {
    super(`${path} ${reason}`, options);
    this.path = path;
  }
}

/**
 * A file is not a store of Millrace, or is damaged. The file was not changed.
 *
 * @example A file that is no store
 * ```ts
 * import { StoreCorruptError } from "@millrace/flow/errors";
 * import { SqliteStore } from "@millrace/flow/sqlite";
 *
 * const folder = await Deno.makeTempDir();
 * const path = `${folder}/notes.txt`;
 * await Deno.writeTextFile(path, "These are notes, and no journal of jobs.".repeat(100));
 * try {
 *   new SqliteStore(path);
 * } catch (error) {
 *   console.log(error instanceof StoreCorruptError); // true, and the notes are as they were
 * }
 * await Deno.remove(folder, { recursive: true });
 * ```
 */
export class StoreCorruptError extends StoreError {
  /** Always `"StoreCorruptError"`. */
  override readonly name = "StoreCorruptError";

  /**
   * Creates the error.
   *
   * @param path The file.
   * @param reason The fault of the file, as it follows the path in the message.
   * @param options The `cause`, and the ids that place the error.
   */
  constructor(path: string, reason: string, options?: MillraceErrorOptions) {
    super(`${path} ${reason}; give another path, or restore a copy of the store`, options);
  }
}

/**
 * A store's file lacks commits: it was copied while in use without the `-wal` file beside it, or the `-wal`
 * file was removed. The file was not changed.
 *
 * @example Salvaging a copy that lacks commits
 * ```ts
 * import { StoreIncompleteError } from "@millrace/flow/errors";
 * import { SqliteStore } from "@millrace/flow/sqlite";
 *
 * function openStore(path: string): SqliteStore {
 *   try {
 *     return new SqliteStore(path);
 *   } catch (error) {
 *     if (!(error instanceof StoreIncompleteError)) throw error;
 *     console.error("the latest jobs are missing:", error.message);
 *     return new SqliteStore(path, { salvage: true });
 *   }
 * }
 * ```
 */
export class StoreIncompleteError extends StoreError {
  /** Always `"StoreIncompleteError"`. */
  override readonly name = "StoreIncompleteError";

  /**
   * Creates the error.
   *
   * @param path The store's file.
   * @param options The `cause`, and the ids that place the error.
   */
  constructor(path: string, options?: MillraceErrorOptions) {
    super(
      `${path} lacks commits: it was copied while it was in use, without the -wal file beside it, or the -wal file was removed; ` +
        "make copies with store.backup(), restore the -wal file, or open the file with { salvage: true }",
      options,
    );
  }
}

/**
 * A store has a format that this version of Millrace cannot use. The file was not changed.
 *
 * @example A store of a newer Millrace
 * ```ts
 * import { StoreVersionError } from "@millrace/flow/errors";
 * import { SqliteStore } from "@millrace/flow/sqlite";
 *
 * function openStore(path: string): SqliteStore {
 *   try {
 *     return new SqliteStore(path);
 *   } catch (error) {
 *     const isNewer = error instanceof StoreVersionError && error.found > error.expected;
 *     if (isNewer) console.error("update Millrace to use", path);
 *     throw error;
 *   }
 * }
 * ```
 */
export class StoreVersionError extends StoreError {
  /** Always `"StoreVersionError"`. */
  override readonly name = "StoreVersionError";
  /** The version of the store's format. */
  readonly found: number;
  /** The version that this release of Millrace writes. */
  readonly expected: number;

  /**
   * Creates the error.
   *
   * @param path The store's file.
   * @param found The version of its format.
   * @param expected The version that this release of Millrace writes.
   * @param options The `cause`, and the ids that place the error.
   */
  constructor(path: string, found: number, expected: number, options?: MillraceErrorOptions) {
    const advice = found > expected
      ? "use the newer Millrace that wrote it"
      : "open it to write once, which brings it up to date";
    super(
      `${path} has format ${found}, and this version of Millrace reads ${expected}; ${advice}`,
      options,
    );
    this.found = found;
    this.expected = expected;
  }
}

/**
 * A store was given an event or a snapshot of a job that it does not have, or that does not follow the events
 * it has of the job.
 *
 * @example An event of a job that was never started
 * ```ts
 * import { StoreJobError } from "@millrace/flow/errors";
 * import { MemoryStore } from "@millrace/flow/store";
 *
 * const store = new MemoryStore();
 * try {
 *   store.append([{ type: "job_completed", jobId: "job_1", seq: 1, at: Date.now() }]);
 * } catch (error) {
 *   console.log(error instanceof StoreJobError); // true
 * }
 * ```
 */
export class StoreJobError extends StoreError {
  /** Always `"StoreJobError"`. */
  override readonly name = "StoreJobError";

  /**
   * Creates the error.
   *
   * @param jobId The id of the job.
   * @param problem The fault, as it follows the id of the job in the message. By default, that the store has
   * no such job.
   */
  constructor(jobId: string, problem = "is not in the store; append its job_started first") {
    super(`job "${jobId}" ${problem}`, { jobId });
  }
}

/**
 * A call to delete a job was refused: the job has not ended, and its flow is open and may execute it.
 *
 * @example Cancelling a job before deleting it
 * ```ts
 * import type { Flow } from "@millrace/flow";
 * import { UnfinishedJobError } from "@millrace/flow/errors";
 * import type { Store } from "@millrace/flow/store";
 *
 * async function forget(flow: Flow, store: Store, jobId: string): Promise<void> {
 *   try {
 *     store.delete(jobId);
 *   } catch (error) {
 *     if (!(error instanceof UnfinishedJobError)) throw error;
 *     flow.cancel(jobId);
 *     await flow.job(jobId)?.waitForCompletion();
 *     store.delete(jobId);
 *   }
 * }
 * ```
 */
export class UnfinishedJobError extends StoreError {
  /** Always `"UnfinishedJobError"`. */
  override readonly name = "UnfinishedJobError";

  /**
   * Creates the error.
   *
   * @param jobId The job.
   * @param flowId The flow of the job, which is open.
   */
  constructor(jobId: string, flowId: string) {
    super(
      `job "${jobId}" has not ended; cancel it and wait for its end, or close flow "${flowId}" first`,
      { jobId, flowId },
    );
  }
}
