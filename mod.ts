/**
 * Millrace runs event-driven flows of routines on a pool of Web Workers. A routine has named slots
 * (inputs) and named events (outputs); a flow wires them; a job is one run of a flow, with shared data,
 * a log, routine states and a history of its own. `maxWorkers` limits what executes at once, over all
 * jobs.
 *
 * @example Two routines, one flow, one job
 * ```ts
 * import { Flow } from "@millrace/flow";
 * import { fibonacci, total } from "./examples/fibonacci.ts";
 *
 * await using flow = new Flow({ maxWorkers: 2 })
 *   .add("fibonacci", fibonacci)
 *   .add("total", total)
 *   .connect("fibonacci.result", "total.number");
 *
 * const job = await flow.execute("fibonacci.n", 20);
 * console.log(job.sharedData.total); // 6765
 * ```
 *
 * @module
 */

export { defineRoutine, type RoutineOptions } from "./src/routine/define_routine.ts";
export type { Schema, SchemaIssue, SchemaProperties, SchemaResult } from "./src/routine/schema.ts";
export { event, slot } from "./src/routine/port.ts";
export type {
  EmitPayload,
  Event,
  EventPayload,
  Events,
  NamedEvents,
  NamedSlots,
  NameOf,
  None,
  Port,
  Slot,
  SlotInput,
  SlotPayload,
  Slots,
} from "./src/routine/port.ts";
export type {
  EmitOptions,
  PayloadArguments,
  RoutineContext,
  RoutineState,
  SharedData,
  SharedLog,
  Synchronous,
  TransferOptions,
  WaitForOptions,
} from "./src/routine/context.ts";
export type { Routine } from "./src/routine/routine.ts";
export type { Checkpoint, Committed, EffectCounts } from "./src/routine/committed.ts";
export type { Sendable, Sent } from "./src/routine/sendable.ts";
export type { DataWrite, Effects, Emit, LogWrite, WaitRequest } from "./src/routine/effects.ts";

export { Flow } from "./src/flow/flow.ts";
export type {
  AddOptions,
  CloseOptions,
  ConnectOptions,
  ExecuteOptions,
  ExecutionStrategy,
  FlowOptions,
  RecoverOptions,
  RerunOptions,
  StartOptions,
  ValidateOptions,
  WithdrawOptions,
} from "./src/flow/flow_options.ts";
export type { FlowStatus, OnStatus } from "./src/flow/flow_status.ts";
export type { EventsOptions, EventStream } from "./src/flow/events_options.ts";
export { replay } from "./src/flow/job_state.ts";
export type {
  ExecutingActivation,
  JobState,
  JobStateJson,
  WaitOptions,
} from "./src/flow/job_state.ts";
export type {
  Fallback,
  FallbackOf,
  FinalStrategy,
  Policy,
  RetryStrategy,
  RoutinePolicy,
  SkipStrategy,
  Strategy,
} from "./src/graph/policy.ts";
export { ERROR_EVENT, type FailedPayload } from "./src/routine/error_event.ts";
export type { FlowIssue } from "./src/graph/flow_issue.ts";
export type { Connection, Graph, Node } from "./src/graph/graph.ts";
export type {
  AnySlotInput,
  ConnectionFits,
  ConnectionMap,
  EventReference,
  FieldMap,
  Fits,
  MapFits,
  NewId,
  PortName,
  Ports,
  ReferencedInput,
  ReferencedPayload,
  ReferencedPort,
  Renamed,
  Routines,
  SlotReference,
} from "./src/graph/references.ts";

export type { ExecutionRecord, Span } from "./src/engine/history.ts";
export type {
  Job,
  JobCounts,
  JobStatus,
  KeptSignal,
  LiveActivation,
  LogEntry,
  RecordedError,
} from "./src/engine/job.ts";
export type * from "./src/engine/job_event.ts";

export { WorkerPool } from "./src/pool/worker_pool.ts";
export type { WorkerPoolOptions } from "./src/pool/pool_options.ts";
export type { RunEffects, RunOptions } from "./src/pool/run_queue.ts";
export type {
  Binding,
  Outcome,
  Pool,
  PoolStats,
  Task,
  TaskSource,
  TaskState,
} from "./src/pool/task.ts";
export type { Found } from "./src/pool/protocol.ts";

export { MemoryStore, type MemoryStoreOptions } from "./src/store/memory_store.ts";
export type { Retention } from "./src/store/retention.ts";
export { SqliteStore, type SqliteStoreOptions } from "./src/store/sqlite_store.ts";
export type {
  FlowShape,
  JobEntry,
  JobFilter,
  JobSummary,
  OnForget,
  Store,
  StoredJob,
} from "./src/store/store.ts";

export {
  type ErrorClass,
  registerError,
  type SerializedError,
} from "./src/data/serialized_error.ts";
export { ActivationCancelledError } from "./src/errors/activation_errors.ts";
export { ActivationEndedError } from "./src/errors/activation_errors.ts";
export { ActivationTimeoutError } from "./src/errors/activation_errors.ts";
export { ClosedError } from "./src/errors/call_errors.ts";
export { DuplicateFlowError } from "./src/errors/flow_errors.ts";
export { DuplicateJobError } from "./src/errors/job_errors.ts";
export { FlowChangedError } from "./src/errors/flow_errors.ts";
export { FlowStartedError } from "./src/errors/flow_errors.ts";
export { FlowValidationError } from "./src/errors/flow_errors.ts";
export { InvalidOptionError } from "./src/errors/call_errors.ts";
export { JobCancelledError } from "./src/errors/job_errors.ts";
export { JobTimeoutError } from "./src/errors/job_errors.ts";
export { MillraceError, type MillraceErrorOptions } from "./src/errors/millrace_error.ts";
export { ModuleLoadError } from "./src/errors/worker_errors.ts";
export type { Place } from "./src/errors/place.ts";
export { PoisonedActivationError } from "./src/errors/activation_errors.ts";
export { QueueFullError } from "./src/errors/worker_errors.ts";
export { RepeatMismatchError } from "./src/errors/activation_errors.ts";
export { RoutineNotExportedError } from "./src/errors/worker_errors.ts";
export { SignalTimeoutError } from "./src/errors/activation_errors.ts";
export { type SlotIssue, SlotValidationError } from "./src/errors/flow_errors.ts";
export { SlowReaderError } from "./src/errors/job_errors.ts";
export { StoreCorruptError } from "./src/errors/store_errors.ts";
export { StoreError } from "./src/errors/store_errors.ts";
export { StoreIncompleteError } from "./src/errors/store_errors.ts";
export { StoreJobError } from "./src/errors/store_errors.ts";
export { StoreLockedError, type StoreWriter } from "./src/errors/store_errors.ts";
export { StoreReadError } from "./src/errors/store_errors.ts";
export { StoreValueError } from "./src/errors/store_errors.ts";
export { StoreVersionError } from "./src/errors/store_errors.ts";
export { StoreWriteError } from "./src/errors/store_errors.ts";
export { ThrownValueError } from "./src/errors/value_errors.ts";
export { UncaughtError } from "./src/errors/value_errors.ts";
export { UncloneableValueError } from "./src/errors/value_errors.ts";
export { UnfinishedJobError } from "./src/errors/store_errors.ts";
export { UnknownActivationError } from "./src/errors/activation_errors.ts";
export { UnknownJobError } from "./src/errors/job_errors.ts";
export { UnknownSlotError } from "./src/errors/flow_errors.ts";
export { WaitTimeoutError } from "./src/errors/job_errors.ts";
export { WorkerLostError } from "./src/errors/worker_errors.ts";
export { WorkerStartError } from "./src/errors/worker_errors.ts";
