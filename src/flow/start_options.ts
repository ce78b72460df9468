// The options of `flow.start` and `flow.execute`, with their defaults and clocks, a check for each, and the start
// that is prepared from them. `Flow` calls it, and hands the start to `JobIntake`; `Dispatcher` converts its times
// for the engine. The options that the engine gets are part of `TimedStart`, which is passed on whole: no other
// file of `src/flow` lists them.

import { now } from "../data/clock.ts";
import { faithfulCopy, faithfulMove } from "../data/faithful_copy.ts";
import {
  checkDuration,
  checkFinite,
  checkId,
  checkList,
  checkOneOf,
  checkSignal,
} from "../data/option.ts";
import type { OptionChecks } from "../data/options.ts";
import type { JobStart } from "../engine/job_start.ts";
import type { Reference } from "../graph/graph.ts";
import type { TransferOptions } from "../routine/routine_context.ts";
import type { Store } from "../store/store.ts";
import { withErrorContext } from "./with_error_context.ts";

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
   * The job's id, which must be unique in the store. With a durable store, starting a job with the same id,
   * entry and payload again returns the existing job.
   *
   * @default A random UUID.
   */
  readonly jobId?: string;
  /**
   * The time before the job begins, in milliseconds. The clock starts with the call.
   *
   * @default {0}
   */
  readonly delay?: number;
  /**
   * The time after which the job fails unless it has ended, in milliseconds. The clock starts when the job is
   * started, or when its `delay` is over. It runs while the job is paused. Unless `countOutages` is set, it
   * is stopped while the store cannot be written or no process runs the job.
   *
   * @default {Infinity}
   */
  readonly timeout?: number;
  /**
   * The priority of the job. Activations of jobs with a higher priority begin before those of other jobs of the flow, as
   * long as there are any.
   *
   * @default {0}
   */
  readonly priority?: number;
  /**
   * The group of the job, such as a tenant. The groups of one priority take turns, so that many jobs of one group do not
   * delay those of another.
   *
   * @default All jobs without a group are one, except that those of `execute`, whose callers wait, take turns with those
   * of `start`.
   */
  readonly group?: string;
  /** Cancels the job when it aborts, with its reason. */
  readonly signal?: AbortSignal;
}

/**
 * Options of `flow.execute`.
 *
 * @example Waiting instead of throwing when the queue is full
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
   * The action while the flow has `maxQueued` activations queued: `"throw"` throws a `QueueFullError`,
   * `"wait"` waits for room.
   *
   * @default {"throw"}
   */
  readonly whenFull?: "throw" | "wait";
}

/** The checks of the options of `flow.start`. */
export const START: OptionChecks<StartOptions> = {
  jobId: checkId,
  delay: checkDuration,
  timeout: checkDuration,
  priority: checkFinite,
  group: checkId,
  signal: checkSignal,
  transfer: checkList,
};

/** The checks of the options of `flow.execute`. */
export const EXECUTE: OptionChecks<ExecuteOptions> = {
  ...START,
  whenFull: checkOneOf("throw", "wait"),
};

/**
 * Checks a start and copies its payload, so that later changes to the payload have no effect.
 *
 * @param store The store of the payload.
 * @param flowId The flow.
 * @param entry The slot at which the job starts, which exists.
 * @param given The payload.
 * @param options The checked options.
 * @param isAwaited `true` if `flow.execute` starts the job.
 * @throws The errors of `flow.start` for its payload.
 */
export function prepareStart(
  store: Store,
  flowId: string,
  { routineId, port: slot }: Reference,
  given: unknown,
  options: ExecuteOptions,
  isAwaited: boolean,
): PreparedStart {
  const { jobId = crypto.randomUUID(), delay = 0, timeout = Infinity, signal } = options;
  const { priority, group } = options;
  signal?.throwIfAborted();
  return withErrorContext({ flowId, routineId, slot }, () => {
    const { transfer = [] } = options;
    const sent = transfer.length === 0
      ? { payload: faithfulCopy(given, "payload") }
      : faithfulMove(given, "payload", transfer);
    store.assertStorable?.(sent.payload, "payload");
    const due = delay > 0 && { dueAt: now() + delay };
    const place = {
      ...priority !== undefined && { priority },
      ...group !== undefined && { group },
    };
    const start = { jobId, routineId, slot, ...sent, ...due, ...place, timeout, isAwaited };
    const isNamed = options.jobId !== undefined;
    return { start, isNamed, waitsForRoom: options.whenFull === "wait", signal };
  });
}

/** A start that was checked, with its own copy of the payload. */
export interface PreparedStart {
  readonly start: TimedStart;
  /** `true` if the caller chose the job's id. */
  readonly isNamed: boolean;
  /** `true` if `execute` is to wait for room in the queue. */
  readonly waitsForRoom: boolean;
  readonly signal: AbortSignal | undefined;
}

/** The start of a job; its `dueAt` is a time of this thread's clock. */
export interface TimedStart extends Omit<JobStart, "deadline"> {
  /** The time after which the job fails unless it has ended, in milliseconds. */
  readonly timeout: number;
  /** `true` if `flow.execute` starts the job. */
  readonly isAwaited: boolean;
}

/**
 * Converts the times of a start to the clock of the job.
 *
 * @param start The start, by this thread's clock.
 * @param at The current time by the job's clock, in epoch milliseconds.
 * @param offset The number of milliseconds by which the job's clock is ahead of this thread's.
 */
export function byJobClock(
  { dueAt: due, timeout, isAwaited: _, ...start }: TimedStart,
  at: number,
  offset: number,
): JobStart {
  const dueAt = due === undefined ? undefined : due + offset;
  return {
    ...start,
    ...dueAt !== undefined && { dueAt },
    ...timeout < Infinity && { deadline: Math.max(at, dueAt ?? 0) + timeout },
  };
}
