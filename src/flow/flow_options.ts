import type { Fallback, FallbackOf, Policy, RoutinePolicy } from "../graph/policy.ts";
import type { FieldMap } from "../graph/references.ts";
import type { Pool } from "../pool/task.ts";
import type { OnStatus } from "./flow_status.ts";
import type { TransferOptions } from "../routine/context.ts";
import type { None } from "../routine/port.ts";
import type { Store } from "../store/store.ts";

/**
 * Execution of one activation at a time, or of several at once.
 *
 * @example One activation at a time, where order matters
 * ```ts
 * import { Flow } from "@millrace/flow";
 * import type { ExecutionStrategy } from "@millrace/flow/types";
 *
 * const executionStrategy: ExecutionStrategy = "sequential";
 * await using flow = new Flow({ executionStrategy, maxWorkers: 4 });
 * console.log(flow.executionStrategy); // sequential
 * ```
 */
export type ExecutionStrategy = "sequential" | "concurrent";

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
   * `"sequential"` executes one activation at a time, `"concurrent"` up to `concurrency`. In sequence,
   * the activations of a job are executed in the order in which they were queued, retries included: while
   * one waits for its next attempt, those behind it wait as well, and other jobs go on. What is held back
   * or waits for a signal is queued when it is released or delivered, behind what is queued by then, and
   * so is what was not begun within its `queueTimeout`, if that is retried. A routine that may be retried is given to the worker one activation at a time, which takes longer for
   * handlers of microseconds.
   *
   * @default {"concurrent"}
   */
  readonly executionStrategy?: ExecutionStrategy;
  /**
   * The greatest number of workers that execute activations of the flow at once.
   *
   * @default {navigator.hardwareConcurrency} or that of the `pool` given.
   */
  readonly maxWorkers?: number;
  /**
   * The greatest number of activations that execute at once, over all jobs of the flow. Above
   * `maxWorkers`, a worker executes several, interleaved where they await: for handlers that wait, as
   * for a server. A `pool` that is given keeps to its own `concurrency` as well.
   *
   * @default `maxWorkers`; without that, the `concurrency` of the `pool` given.
   */
  readonly concurrency?: number;
  /**
   * The pool to use, which stays open when the flow is closed.
   *
   * @default A pool of the flow's own.
   */
  readonly pool?: Pool;
  /**
   * The store of the JobEvents, which stays open when the flow is closed. Several flows can share one.
   *
   * @default A `MemoryStore`.
   */
  readonly store?: Store;
  /**
   * Called when the flow is halted because its store fails, when it goes on, and when it is paused,
   * resumed or closed.
   *
   * @default Outages of the store, and their ends, are written to the console.
   */
  readonly onStatus?: OnStatus;
  /**
   * The number of lost workers after which an activation is not tried again, whatever its policy.
   * Nor is one during which as many processes died, as `recover` finds: it fails with a
   * `PoisonedActivationError`. The last time that it may be tried, nothing else of the flow
   * executes, so that it alone is to blame.
   * `Infinity` is no limit.
   *
   * @default {3}
   */
  readonly maxCrashes?: number;
  /**
   * Counts a time in which no process ran a job, or its store could not be written, for
   * `queueTimeout`, `totalTimeout`, the `timeout` of the job and that of `ctx.waitFor`. By default it does
   * not, so that an outage alone fails nothing. When a process died is known by the last event that it
   * stored; a flow that is closed notes the time.
   *
   * @default {false}
   */
  readonly countOutages?: boolean;
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
   * Checks everything that routines emit, write and log for values that structured clone would
   * quietly change. `false` saves a walk through each; what is changed then is changed in silence.
   * What is given to `start`, `execute` and `signal`, and to a config, is checked always. What is
   * nested deeper than 500 levels is refused either way. A field that was added to a typed array
   * goes unnoticed either way: to look for it would take longer than the copy.
   *
   * @default {true}
   */
  readonly checkPayloads?: boolean;
}

/**
 * Options of `flow.add`.
 *
 * @example One routine, used with another config
 * ```ts
 * import { type AddOptions, defineRoutine, event, Flow, slot } from "@millrace/flow";
 *
 * export const split = defineRoutine(import.meta, {
 *   slots: { text: slot<string>() },
 *   events: { part: event<string>() },
 *   config: { separator: " " },
 *   handlers: {
 *     text(text, ctx) {
 *       for (const part of text.split(ctx.config.separator)) ctx.emit("part", part);
 *     },
 *   },
 * });
 * const lines: AddOptions<{ separator: string }> = { config: { separator: "\n" }, critical: true };
 * await using flow = new Flow()
 *   .add("lines", split, lines)
 *   .add("words", split)
 *   .connect("lines.part", "words.text");
 * ```
 *
 * @typeParam Config The config of the routine.
 * @typeParam E The events of the routine, on one of which a fallback is emitted.
 */
export interface AddOptions<Config extends object, E = None> extends RoutinePolicy<FallbackOf<E>> {
  /** Changes to the routine's config, here alone. */
  readonly config?: Partial<Config>;
}

/**
 * Options of `flow.connect`.
 *
 * @example Renaming a field on the way
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
  /** New names for fields of the payload: the name it has, to the name it gets. */
  readonly map?: Map;
}

/**
 * Options of `flow.validate`.
 *
 * @example A routine that nothing is connected to but a start
 * ```ts
 * import { Flow } from "@millrace/flow";
 * import type { ValidateOptions } from "@millrace/flow/types";
 * import { fibonacci } from "../../examples/fibonacci.ts";
 *
 * await using flow = new Flow({ maxWorkers: 1 })
 *   .add("fibonacci", fibonacci)
 *   .connect("fibonacci.result", "fibonacci.n");
 * const options: ValidateOptions<"fibonacci.n"> = { entries: ["fibonacci.n"] };
 * console.log((await flow.validate()).map(({ code }) => code)); // [ "unreachable" ]
 * console.log(await flow.validate(options)); // []
 * ```
 *
 * @typeParam Entry The slots of the flow, as `routine.slot`.
 */
export interface ValidateOptions<Entry extends string = string> {
  /** Slots that jobs start at, besides those that nothing is connected to. */
  readonly entries?: readonly Entry[];
}

/**
 * Options of `flow.start` and `flow.execute`.
 *
 * @example A job with an id, a limit and a way to stop it
 * ```ts
 * import { Flow, type StartOptions } from "@millrace/flow";
 * import { fibonacci } from "../../examples/fibonacci.ts";
 *
 * await using flow = new Flow().add("fibonacci", fibonacci);
 * flow.pause();
 * const controller = new AbortController();
 * const options: StartOptions = { jobId: "night", timeout: 5_000, signal: controller.signal };
 * const job = flow.start("fibonacci.n", 20, options);
 * controller.abort("the user left");
 * console.log((await job.waitForCompletion()).status); // cancelled
 * ```
 */
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
   * Milliseconds after which the job fails if it has not ended. The clock starts when the job is
   * started, or when its `delay` is over. It runs while the job is paused, and stands still while the
   * store cannot be written or no process runs the job.
   *
   * @default {Infinity}
   */
  readonly timeout?: number;
  /** Cancels the job when it aborts, with its reason. */
  readonly signal?: AbortSignal;
}

/**
 * Options of `flow.execute`.
 *
 * @example Waiting where `start` would refuse
 * ```ts
 * import { type ExecuteOptions, Flow } from "@millrace/flow";
 * import { fibonacci } from "../../examples/fibonacci.ts";
 *
 * await using flow = new Flow({ maxWorkers: 1, maxQueued: 1 }).add("fibonacci", fibonacci);
 * const options: ExecuteOptions = { whenFull: "wait" };
 * flow.start("fibonacci.n", 20); // queued, so another `start` would throw a QueueFullError
 * const job = await flow.execute("fibonacci.n", 21, options);
 * console.log(job.status); // completed
 * ```
 */
export interface ExecuteOptions extends StartOptions {
  /**
   * The action while the flow has `maxQueued` activations queued: throw a `QueueFullError`, or
   * wait.
   *
   * @default {"throw"}
   */
  readonly whenFull?: "throw" | "wait";
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
  /** The wait of this id, as `job.waitingFor` has it. Give this or `signal`. */
  readonly waitId?: string;
  /** All waits for the signal of this name. Give this or `waitId`. */
  readonly signal?: string;
  /**
   * Why, for the job's history.
   *
   * @default None.
   */
  readonly reason?: string;
}

/**
 * Options of `flow.recover`.
 *
 * @example Going on with the flow as it is now
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
   * The treatment of jobs that were started when the flow was wired otherwise: `"refuse"` throws a
   * `FlowChangedError`, `"continue"` goes on with the flow as it is now, `"cancel"` cancels them.
   *
   * @default {"refuse"}
   */
  readonly changed?: "refuse" | "continue" | "cancel";
}

/**
 * Options of `flow.rerun`.
 *
 * @example The last step once more
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
   * The activation to execute again, with all that comes after. Where the store has let go of payloads
   * (see `retention.payloads` of an `SqliteStore`), it can be one that has not committed, as the one
   * that failed, or one whose payload is small.
   */
  readonly from: string;
  /**
   * The new job's id.
   *
   * @default A random UUID.
   */
  readonly jobId?: string;
  /**
   * Milliseconds after which the new job fails if it has not ended. The clock starts with the call;
   * that of the other job does not matter.
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
 * @example Leaving jobs in the store, to be recovered
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
   * The treatment of jobs that have not ended: `"cancel"` cancels them; `"keep"` leaves them in the
   * store as they are, and what executes is begun again by `recover`.
   *
   * @default {"keep"} with a durable store, else {"cancel"}.
   */
  readonly jobs?: "cancel" | "keep";
}
