import type { Policy, RoutinePolicy } from "../graph/policy.ts";
import type { FieldMap, Routines, SlotReference } from "../graph/references.ts";
import type { Pool } from "../pool/task.ts";
import type { TransferOptions } from "../routine/context.ts";
import type { Store } from "../store/store.ts";

/** How many activations of a flow execute at once. */
export type ExecutionStrategy = "sequential" | "concurrent";

/** Options of a {@linkcode Flow}. */
export interface FlowOptions extends Policy {
  /**
   * The flow's name in errors, events and reports.
   *
   * @default {"flow"}
   */
  readonly id?: string;
  /**
   * `"sequential"` executes one activation at a time, `"concurrent"` up to `maxWorkers`.
   *
   * @default {"concurrent"}
   */
  readonly executionStrategy?: ExecutionStrategy;
  /**
   * The greatest number of activations that execute at once, over all jobs of the flow.
   *
   * @default {navigator.hardwareConcurrency} or that of the `pool` given.
   */
  readonly maxWorkers?: number;
  /**
   * The pool to use, which stays open when the flow is closed.
   *
   * @default A pool of the flow's own.
   */
  readonly pool?: Pool;
  /**
   * Where the JobEvents are kept. It is closed with the flow.
   *
   * @default A `MemoryStore`.
   */
  readonly store?: Store;
  /**
   * After the loss of so many workers, an activation is not tried again, whatever its policy.
   *
   * @default {3}
   */
  readonly maxCrashes?: number;
  /**
   * While a job has more activations queued than this, `ctx.flush` and an awaited `ctx.emit` wait.
   *
   * @default {10_000}
   */
  readonly highWaterMark?: number;
  /**
   * The greatest number of activations queued in one job. An activation that would exceed it fails with
   * a `QueueFullError`, by its policy.
   *
   * @default {Infinity}
   */
  readonly maxQueuedPerJob?: number;
  /**
   * The greatest number of activations queued in all jobs together, for another job to be started:
   * `start` throws a `QueueFullError`, and `flow.room` waits.
   *
   * @default {Infinity}
   */
  readonly maxQueued?: number;
  /**
   * Whether payloads and data are checked for what structured clone would quietly change. `false`
   * saves a walk through each; what is changed then is changed in silence.
   *
   * @default {true}
   */
  readonly checkPayloads?: boolean;
}

/** Options of `flow.add`. */
export interface AddOptions<Config extends object> extends RoutinePolicy {
  /** Changes to the routine's config, here alone. */
  readonly config?: Partial<Config>;
}

/** Options of `flow.connect`. */
export interface ConnectOptions<Map extends FieldMap = FieldMap> {
  /** New names for fields of the payload: the name it has, to the name it gets. */
  readonly map?: Map;
}

/** Options of `flow.validate`. */
export interface ValidateOptions<R extends Routines = Routines> {
  /** Slots that jobs start at, besides those that nothing is connected to. */
  readonly entries?: readonly SlotReference<R>[];
}

/** Options of `flow.start` and `flow.execute`. */
export interface StartOptions extends TransferOptions {
  /**
   * The job's id, unlike that of any other job of the flow. With a durable store, the same id with the
   * same payload gives the job that there is already.
   *
   * @default A random UUID.
   */
  readonly jobId?: string;
  /**
   * Milliseconds before the job begins. The clock starts with the call.
   *
   * @default {0}
   */
  readonly delay?: number;
  /**
   * Milliseconds after which the job fails if it has not ended. The clock starts when it may begin.
   *
   * @default {Infinity}
   */
  readonly timeout?: number;
  /** Cancels the job when it aborts, with its reason. */
  readonly signal?: AbortSignal;
}

/** Options of `flow.execute`. */
export interface ExecuteOptions extends StartOptions {
  /**
   * What to do while the flow has `maxQueued` activations queued: throw a `QueueFullError`, or wait.
   *
   * @default {"throw"}
   */
  readonly whenFull?: "throw" | "wait";
}

/** Options of `flow.recover`. */
export interface RecoverOptions {
  /**
   * What to do with jobs that were started when the flow was wired otherwise: `"refuse"` throws a
   * `FlowChangedError`, `"continue"` goes on with the flow as it is now, `"cancel"` cancels them.
   *
   * @default {"refuse"}
   */
  readonly changed?: "refuse" | "continue" | "cancel";
}

/** Options of `flow.rerun`. */
export interface RerunOptions {
  /** The activation to execute again, with all that comes after. */
  readonly from: string;
  /**
   * The new job's id.
   *
   * @default A random UUID.
   */
  readonly jobId?: string;
}

/** Options of `flow.close`. */
export interface CloseOptions {
  /**
   * What becomes of jobs that have not ended: `"cancel"` cancels them; `"keep"` leaves them in the
   * store as they are, and what executes is begun again by `recover`.
   *
   * @default {"keep"} with a durable store, else {"cancel"}.
   */
  readonly jobs?: "cancel" | "keep";
}
