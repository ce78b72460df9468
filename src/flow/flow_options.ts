import type { FieldMap, Routines, SlotReference } from "../graph/references.ts";
import type { Pool } from "../pool/task.ts";
import type { TransferOptions } from "../routine/context.ts";

/** How many activations of a flow execute at once. */
export type ExecutionStrategy = "sequential" | "concurrent";

/** Options of a {@linkcode Flow}. */
export interface FlowOptions {
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
}

/** Options of `flow.add`. */
export interface AddOptions<Config extends object> {
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
   * The job's id, unlike that of any other job of the flow.
   *
   * @default A random UUID.
   */
  readonly jobId?: string;
}
