/**
 * The error classes of Millrace, for `instanceof`, and `registerError`, which preserves the class of other
 * errors.
 *
 * @example Handling a store that another process writes
 * ```ts
 * import { StoreLockedError } from "@millrace/flow/errors";
 * import { SqliteStore } from "@millrace/flow/sqlite";
 *
 * function open(path: string): SqliteStore | undefined {
 *   try {
 *     return new SqliteStore(path);
 *   } catch (error) {
 *     if (error instanceof StoreLockedError) return undefined;
 *     throw error;
 *   }
 * }
 * ```
 *
 * @module
 */

export {
  ActivationCancelledError,
  ActivationEndedError,
  ActivationTimeoutError,
  LimitKeyError,
  PoisonedActivationError,
  RepeatMismatchError,
  SignalTimeoutError,
  UnknownActivationError,
} from "../src/errors/activation_errors.ts";
export { ClosedError, InvalidOptionError } from "../src/errors/call_errors.ts";
export {
  DuplicateFlowError,
  FlowChangedError,
  FlowStartedError,
  FlowValidationError,
  type SlotIssue,
  SlotValidationError,
  UnknownSlotError,
  UnreadableJobsError,
} from "../src/errors/flow_errors.ts";
export {
  DuplicateFeedError,
  DuplicateJobError,
  FeedError,
  JobCancelledError,
  JobTimeoutError,
  SlowReaderError,
  UnknownJobError,
  WaitTimeoutError,
} from "../src/errors/job_errors.ts";
export { MillraceError, type MillraceErrorOptions } from "../src/errors/millrace_error.ts";
export {
  StoreCorruptError,
  StoreError,
  StoreIncompleteError,
  StoreJobError,
  StoreLockedError,
  StoreReadError,
  StoreValueError,
  StoreVersionError,
  StoreWriteError,
  type StoreWriter,
  UnfinishedJobError,
} from "../src/errors/store_errors.ts";
export {
  ThrownValueError,
  UncaughtError,
  UncloneableValueError,
} from "../src/errors/value_errors.ts";
export {
  ModuleLoadError,
  QueueFullError,
  RoutineNotExportedError,
  WorkerLostError,
  WorkerStartError,
} from "../src/errors/worker_errors.ts";
export type { Place } from "../src/errors/place.ts";
export {
  type ErrorClass,
  registerError,
  type SerializedError,
} from "../src/data/serialized_error.ts";
