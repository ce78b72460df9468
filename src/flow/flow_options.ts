// The options of the calls of `Flow`, with their defaults and clocks. `flow_calls.ts` has a check for each of
// them; a missing check is a compile-time error. The options of `add`, `start`, `execute`, `feed` and `events`
// have files of their own.

import type { Fallback, Policy } from "../graph/policy.ts";
import type { FieldMap } from "../graph/references.ts";
import type { Pool } from "../pool/task.ts";
import type { OnStatus } from "./flow_status.ts";
import type { HighWaterMark } from "./high_water_mark.ts";
import type { Tracing } from "./tracing.ts";
import type { Store } from "../store/store.ts";

/**
 * Options of a {@linkcode Flow}.
 *
 * @example A flow with limits
 * ```ts
 * import { Flow, type FlowOptions } from "@millrace/flow";
 *
 * const options: FlowOptions = {
 *   id: "numbers",
 *   maxWorkers: 4,
 *   maxQueued: 1_000, // then `start` refuses further jobs
 *   onError: "continue",
 * };
 * await using flow = new Flow(options);
 * console.log(flow.id, flow.maxWorkers); // numbers 4
 * ```
 */
export interface FlowOptions extends Policy<Fallback> {
  /**
   * The flow's name in errors, events and reports.
   *
   * @default {"flow"}
   */
  readonly id?: string;
  /**
   * `"sequential"` executes one activation at a time, `"concurrent"` up to `concurrency` at once. With
   * `"sequential"`, the activations of a job are executed in the order in which they were queued, including
   * their retries: while one waits for its next attempt, the ones behind it wait as well, and other jobs go
   * on. An activation that was held back, or waited for a signal, is queued when it is released or delivered,
   * at the end of the queue; so is an activation that is retried because its `queueTimeout` ran out.
   * Activations of a routine that may be retried are sent to the worker one at a time, which is slower for
   * handlers that take microseconds.
   *
   * @default {"concurrent"}
   */
  readonly executionStrategy?: ExecutionStrategy;
  /**
   * The maximum number of workers that execute activations of the flow at once.
   *
   * @default {navigator.hardwareConcurrency} or, with a `pool`, the `maxWorkers` of the pool.
   */
  readonly maxWorkers?: number;
  /**
   * The maximum number of activations that execute at once, in all jobs of the flow together. If it is higher
   * than `maxWorkers`, a worker executes several activations, interleaved where they await. That suits
   * handlers that wait, for example for a server. The `concurrency` of a given `pool` is a limit as well.
   *
   * @default `maxWorkers`; if that is omitted, the `concurrency` of the `pool`.
   */
  readonly concurrency?: number;
  /**
   * The pool to use, which stays open when the flow is closed.
   *
   * @default A new pool, which is closed with the flow.
   */
  readonly pool?: Pool;
  /**
   * The store of the JobEvents, which stays open when the flow is closed. Several flows can share one.
   *
   * @default A `MemoryStore`.
   */
  readonly store?: Store;
  /**
   * Called when the flow is halted because its store fails, when it goes on after that, and when it is
   * paused, resumed or closed. An error that it throws, or rejects with, is written to the console.
   *
   * @default Writes the start and the end of outages of the store to the console.
   */
  readonly onStatus?: OnStatus;
  /**
   * Records the traces of jobs, activations and attempts, and calls handlers in them. `openTelemetry()` of
   * `@millrace/flow/otel` returns one, which several flows can share.
   *
   * @default None: nothing is recorded, and nothing is loaded.
   */
  readonly tracing?: Tracing;
  /**
   * The number of lost workers after which an activation is not retried, whatever its policy. Processes that
   * died while they executed the activation count as well, when `recover` takes over its job; the activation
   * then fails with a `PoisonedActivationError`. Its last attempt after the death of a process is executed
   * alone in the flow, so that no other activation can be the cause. `Infinity` means no limit.
   *
   * @default {3}
   */
  readonly maxCrashes?: number;
  /**
   * Counts time during which no process ran a job, or its store could not be written, for `queueTimeout`,
   * `totalTimeout`, the `timeout` of the job and that of `ctx.waitFor`. By default it is excluded, so that an
   * outage alone causes no timeout. The death of a process is dated by the last event that it stored; a flow
   * that is closed records the time.
   *
   * @default {false}
   */
  readonly countOutages?: boolean;
  /**
   * The number of queued activations of a job, or the size of their payloads, above which `ctx.flush` and an awaited
   * `ctx.emit` wait. A number stands for activations alone, and the size has its default. A payload that is larger
   * than the mark is queued as soon as no more than the mark is. As awaited emits are first committed when an
   * activation has emitted as much as the mark, each activation may add that much once before it waits. `flow.feed`
   * takes items only while the job is below the mark.
   *
   * @default {{ activations: 10_000, bytes: 67_108_864 }}
   */
  readonly highWaterMark?: number | HighWaterMark;
  /**
   * The maximum number of queued activations of one job. An activation whose emits would exceed it fails with
   * a `QueueFullError`, and its policy applies. `flow.feed` takes no item while half of this number are queued, or
   * as many are queued or executing, so that there is room for the emits.
   *
   * @default {Infinity}
   */
  readonly maxQueuedPerJob?: number;
  /**
   * The number of queued activations, in all jobs together, from which on no job can be started: `start`
   * throws a `QueueFullError`, and `flow.whenCapacity` and `flow.feed` wait.
   *
   * @default {Infinity}
   */
  readonly maxQueued?: number;
  /**
   * The maximum number of jobs that run at a time. The others are pending, with nothing but their first payload, until it
   * is their turn. A job that only waits, for a signal, an item of its feed, a time, a resume or the limit of a routine,
   * does not count, and goes on after that, however many others run.
   *
   * @default {Infinity}
   */
  readonly maxJobs?: number;
  /**
   * Checks all values that routines emit, write and log for parts that structured clone would silently
   * change. `false` saves a walk through each value, and such parts are changed without an error. Payloads of
   * `start`, `execute` and `signal`, and configs, are always checked. Values that are nested deeper than 500
   * levels are always refused. A field that was added to a typed array is always lost without an error, as
   * checking for it would take longer than the copy.
   *
   * @default {true}
   */
  readonly checkPayloads?: boolean;
}

/** The execution of one activation at a time, or of several at once. */
export type ExecutionStrategy = "sequential" | "concurrent";

/**
 * Options of `flow.connect`.
 *
 * @example Renaming a field of the payload
 * ```ts
 * import { defineRoutine, event, Flow, slot } from "@millrace/flow";
 *
 * export const source = defineRoutine(import.meta, {
 *   slots: { start: slot<void>() },
 *   events: { user: event<{ mail: string }>() },
 *   handlers: { start: (_, ctx) => void ctx.emit("user", { mail: "ada@example.com" }) },
 * });
 * export const greet = defineRoutine(import.meta, {
 *   slots: { person: slot<{ address: string }>() },
 *   handlers: { person: ({ address }, ctx) => ctx.sharedLog.append(address) },
 * });
 * await using flow = new Flow()
 *   .add("source", source)
 *   .add("greet", greet)
 *   .connect("source.user", "greet.person", { map: { mail: "address" } });
 * ```
 */
export interface ConnectOptions<Map extends FieldMap = FieldMap> {
  /** New names for fields of the payload, by their old names. */
  readonly map?: Map;
}

/**
 * Options of `flow.validate`.
 *
 * @typeParam Entry The slots of the flow, as `routine.slot`.
 */
export interface ValidateOptions<Entry extends string = string> {
  /** Slots at which jobs start, besides the slots without a connection. */
  readonly entries?: readonly Entry[];
}

/**
 * Selects the waits to withdraw: one, or all for one signal.
 *
 * @example The first of two signals decides
 * ```ts
 * import type { Flow, WithdrawOptions } from "@millrace/flow";
 *
 * const other: WithdrawOptions = { signal: "refused", reason: "it was approved" };
 * async function approve(flow: Flow, jobId: string) {
 *   flow.signal(jobId, "approved");
 *   flow.withdraw(jobId, other); // without this, the job would wait for it as well
 *   await flow.flush();
 * }
 * ```
 */
export interface WithdrawOptions {
  /** The id of one wait, as in `job.waitingFor`. Pass this or `signal`. */
  readonly waitId?: string;
  /** The name of a signal, for all waits for it. Pass this or `waitId`. */
  readonly signal?: string;
  /**
   * The reason, for the job's history.
   *
   * @default None.
   */
  readonly reason?: string;
}

/**
 * Options of `flow.recover`.
 *
 * @example Continuing jobs with the current flow
 * ```ts
 * import { Flow, type RecoverOptions } from "@millrace/flow";
 * import { MemoryStore } from "@millrace/flow/store";
 * import { fibonacci, total } from "../../examples/fibonacci.ts";
 *
 * const store = new MemoryStore();
 * const before = new Flow({ store }).add("fibonacci", fibonacci);
 * before.pause();
 * before.start("fibonacci.n", 20);
 * await before.close({ jobs: "keep" });
 *
 * await using flow = new Flow({ store, maxWorkers: 1 })
 *   .add("fibonacci", fibonacci)
 *   .add("total", total)
 *   .connect("fibonacci.result", "total.number");
 * const options: RecoverOptions = { changed: "continue" };
 * for (const job of await flow.recover(options)) {
 *   flow.resume(job); // it was paused when it was left
 *   await job.waitForCompletion();
 *   console.log(job.sharedData); // { total: 6765 }
 * }
 * ```
 */
export interface RecoverOptions {
  /**
   * The treatment of jobs that were started when the flow was wired differently: `"refuse"` throws a
   * `FlowChangedError`, `"continue"` continues them with the current flow, and `"cancel"` cancels them.
   *
   * @default {"refuse"}
   */
  readonly changed?: "refuse" | "continue" | "cancel";
}

/**
 * Options of `flow.rerun`.
 *
 * @example Repeating the last step
 * ```ts
 * import { Flow, type RerunOptions } from "@millrace/flow";
 * import { fibonacci, total } from "../../examples/fibonacci.ts";
 *
 * await using flow = new Flow({ maxWorkers: 1 })
 *   .add("fibonacci", fibonacci)
 *   .add("total", total)
 *   .connect("fibonacci.result", "total.number");
 * const job = await flow.execute("fibonacci.n", 20);
 *
 * const from = job.spans.find(({ routineId }) => routineId === "total")?.activationId ?? "";
 * const options: RerunOptions = { from, jobId: "again" };
 * const again = await (await flow.rerun(job, options)).waitForCompletion();
 * console.log(again.sharedData); // { total: 6765 }
 * ```
 */
export interface RerunOptions {
  /**
   * The activation to execute again, with all that follow from it. If the store has dropped payloads (see
   * `retention.payloads` of an `SqliteStore`), this must be an activation that has not committed, such as the
   * one that failed, or one with a small payload.
   */
  readonly from: string;
  /**
   * The new job's id.
   *
   * @default A random UUID.
   */
  readonly jobId?: string;
  /**
   * The time after which the new job fails unless it has ended, in milliseconds. The clock starts with the
   * call; the timeout of the other job is not taken over.
   *
   * @default {Infinity}
   */
  readonly timeout?: number;
  /** Cancels the new job when it aborts, with its reason. */
  readonly signal?: AbortSignal;
}

/**
 * Options of `flow.close`.
 *
 * @example Leaving jobs in the store for a later process
 * ```ts
 * import { type CloseOptions, Flow } from "@millrace/flow";
 * import { MemoryStore } from "@millrace/flow/store";
 * import { fibonacci } from "../../examples/fibonacci.ts";
 *
 * const store = new MemoryStore();
 * const flow = new Flow({ store }).add("fibonacci", fibonacci);
 * flow.pause();
 * flow.start("fibonacci.n", 20);
 * const options: CloseOptions = { jobs: "keep" };
 * await flow.close(options);
 * console.log([...store.unfinished("flow")].length); // 1
 * ```
 */
export interface CloseOptions {
  /**
   * The treatment of jobs that have not ended: `"cancel"` cancels them; `"keep"` stops their executing
   * activations and leaves the jobs in the store, where `recover` of a later flow takes them over.
   *
   * @default {"keep"} with a durable store, else {"cancel"}.
   */
  readonly jobs?: "cancel" | "keep";
}
