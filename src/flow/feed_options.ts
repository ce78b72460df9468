// The options of `flow.feed`, with a check for each, and the start that is prepared from them. `Flow` calls it,
// and hands the start to `JobIntake`.

import { checkDuration, checkFinite, checkId, checkSignal } from "../data/option.ts";
import type { OptionChecks } from "../data/options.ts";
import type { Reference } from "../graph/graph.ts";
import type { PreparedStart } from "./start_options.ts";

/**
 * Options of `flow.feed`.
 *
 * @example A job that is fed, and can be stopped
 * ```ts
 * import { type FeedOptions, Flow } from "@millrace/flow";
 * import { fibonacci } from "../../examples/fibonacci.ts";
 *
 * await using flow = new Flow({ maxWorkers: 1 }).add("fibonacci", fibonacci);
 * const controller = new AbortController();
 * const options: FeedOptions = { jobId: "numbers", timeout: 60_000, signal: controller.signal };
 * const job = flow.feed("fibonacci.n", [5, 10, 20], options);
 * console.log((await job.waitForCompletion()).counts.completed); // 3
 * ```
 */
export interface FeedOptions {
  /**
   * The job's id, which must be unique in the store. With a durable store, feeding the same entry of a job with
   * this id that has not ended goes on with that job, after the items that it has taken.
   *
   * @default A random UUID.
   */
  readonly jobId?: string;
  /**
   * The time after which the job fails unless it has ended, in milliseconds. The clock starts with the call. It
   * runs while the job waits for its source, and while it is paused. Unless `countOutages` is set, it is
   * stopped while the store cannot be written or no process runs the job.
   *
   * @default {Infinity}
   */
  readonly timeout?: number;
  /**
   * The priority of the job, as that of `flow.start`.
   *
   * @default {0}
   */
  readonly priority?: number;
  /**
   * The group of the job, which takes turns with the other groups, as that of `flow.start`.
   *
   * @default All jobs without a group are one.
   */
  readonly group?: string;
  /** Cancels the job when it aborts, with its reason. */
  readonly signal?: AbortSignal;
}

/** The checks of the options of `flow.feed`. */
export const FEED: OptionChecks<FeedOptions> = {
  jobId: checkId,
  timeout: checkDuration,
  priority: checkFinite,
  group: checkId,
  signal: checkSignal,
};

/**
 * Prepares the start of a job that is fed.
 *
 * @param entry The slot at which the items are delivered, which exists.
 * @param options The checked options.
 */
export function prepareFeed(
  { routineId, port: slot }: Reference,
  options: FeedOptions,
): PreparedStart {
  const { jobId = crypto.randomUUID(), timeout = Infinity, priority, group, signal } = options;
  signal?.throwIfAborted();
  const place = {
    ...priority !== undefined && { priority },
    ...group !== undefined && { group },
  };
  const entry = { routineId, slot, payload: undefined, isFed: true } as const;
  const start = { jobId, ...entry, ...place, timeout, isAwaited: false };
  return { start, isNamed: options.jobId !== undefined, waitsForRoom: false, signal };
}
