// The errors that end a job, and those thrown by calls that name a job.

import { messageOf } from "./message_of.ts";
import { MillraceError, type MillraceErrorOptions } from "./millrace_error.ts";

/**
 * A job was cancelled. This is the `error` of the job, and the reason with which `ctx.signal` aborts. The
 * message contains the reason that the caller gave. If that is an error or another object, it is the `cause`
 * as well, with text in place of parts that cannot be cloned.
 *
 * @example A job that was cancelled for a reason
 * ```ts
 * import { Flow } from "@millrace/flow";
 * import { JobCancelledError } from "@millrace/flow/errors";
 * import { fibonacci } from "../../examples/fibonacci.ts";
 *
 * await using flow = new Flow().add("fibonacci", fibonacci);
 * flow.pause();
 * const job = flow.start("fibonacci.n", 20, { jobId: "night" });
 * await flow.cancel(job, "no longer needed").waitForCompletion();
 * console.log(job.error instanceof JobCancelledError); // true
 * console.log(job.error?.message); // job "night" was cancelled: no longer needed
 * ```
 */
export class JobCancelledError extends MillraceError {
  /** Always `"JobCancelledError"`. */
  override readonly name = "JobCancelledError";

  /**
   * Creates the error.
   *
   * @param jobId The job.
   * @param reason The reason that the caller gave.
   * @param options The ids that place the error.
   */
  constructor(jobId: string, reason?: unknown, options?: MillraceErrorOptions) {
    super(`job "${jobId}" was cancelled${whyOf(reason)}`, {
      ...options,
      ...typeof reason === "object" && reason !== null && { cause: reason },
      jobId,
    });
  }
}

function whyOf(reason: unknown): string {
  if (reason === undefined) return "";
  const text = messageOf(reason);
  // The default text of an object carries no information.
  return text.startsWith("[object ") ? "" : `: ${text}`;
}

/**
 * A job did not end within its `timeout`.
 *
 * @example A job that does not end in time
 * ```ts
 * import { Flow } from "@millrace/flow";
 * import { JobTimeoutError } from "@millrace/flow/errors";
 * import { fibonacci } from "../../examples/fibonacci.ts";
 *
 * await using flow = new Flow().add("fibonacci", fibonacci);
 * flow.pause(); // so nothing of the job is executed
 * const job = flow.start("fibonacci.n", 20, { timeout: 1 });
 * await job.waitForCompletion();
 * console.log(job.status, job.error instanceof JobTimeoutError); // failed true
 * ```
 */
export class JobTimeoutError extends MillraceError {
  /** Always `"JobTimeoutError"`. */
  override readonly name = "JobTimeoutError";
}

/**
 * A job was started under an id that another job of the flow already has.
 *
 * @example Going on with the existing job
 * ```ts
 * import { Flow, type JobState } from "@millrace/flow";
 * import { DuplicateJobError } from "@millrace/flow/errors";
 * import { fibonacci } from "../../examples/fibonacci.ts";
 *
 * await using flow = new Flow().add("fibonacci", fibonacci);
 * flow.pause();
 *
 * function startOnce(jobId: string): JobState | undefined {
 *   try {
 *     return flow.start("fibonacci.n", 20, { jobId });
 *   } catch (error) {
 *     if (error instanceof DuplicateJobError) return flow.job(jobId);
 *     throw error;
 *   }
 * }
 * console.log(startOnce("nightly")?.jobId === startOnce("nightly")?.jobId); // true
 * ```
 */
export class DuplicateJobError extends MillraceError {
  /** Always `"DuplicateJobError"`. */
  override readonly name = "DuplicateJobError";

  /**
   * Creates the error.
   *
   * @param flowId The flow.
   * @param jobId The id that is taken.
   * @param difference The difference to the other job, if a job with the same entry and payload would have
   * been accepted.
   */
  constructor(flowId: string, jobId: string, difference?: string) {
    super(
      `flow "${flowId}" already has a job "${jobId}"${
        difference === undefined ? "" : ` ${difference}`
      }; choose another jobId, or leave it out to have one made`,
      { flowId, jobId },
    );
  }
}

/**
 * A call named a job that the flow does not have.
 *
 * @example A job id that came from outside
 * ```ts
 * import { Flow } from "@millrace/flow";
 * import { UnknownJobError } from "@millrace/flow/errors";
 * import { fibonacci } from "../../examples/fibonacci.ts";
 *
 * await using flow = new Flow({ id: "numbers" }).add("fibonacci", fibonacci);
 * try {
 *   flow.cancel("typo");
 * } catch (error) {
 *   if (!(error instanceof UnknownJobError)) throw error;
 *   console.log(error.jobId, [...flow.jobs.keys()]); // typo []
 * }
 * ```
 */
export class UnknownJobError extends MillraceError {
  /** Always `"UnknownJobError"`. */
  override readonly name = "UnknownJobError";

  /**
   * Creates the error.
   *
   * @param flowId The flow.
   * @param jobId The id, which no job of the flow has.
   * @param isLeft `true` if an earlier process left such a job unfinished in the flow's store.
   */
  constructor(flowId: string, jobId: string, isLeft = false) {
    super(
      isLeft
        ? `flow "${flowId}" has not taken over job "${jobId}", which its store has unfinished; await flow.recover() first`
        : `flow "${flowId}" has no job "${jobId}"; its jobs are listed in flow.jobs`,
      { flowId, jobId },
    );
  }
}

/**
 * A job did not end within the `timeout` of `waitForCompletion`. The job goes on.
 *
 * @example Cancelling a job that takes too long
 * ```ts
 * import { Flow } from "@millrace/flow";
 * import { WaitTimeoutError } from "@millrace/flow/errors";
 * import { fibonacci } from "../../examples/fibonacci.ts";
 *
 * await using flow = new Flow().add("fibonacci", fibonacci);
 * flow.pause();
 * const job = flow.start("fibonacci.n", 20);
 * try {
 *   await job.waitForCompletion({ timeout: 1 });
 * } catch (error) {
 *   if (!(error instanceof WaitTimeoutError)) throw error;
 *   flow.cancel(job, error); // without this it would go on
 * }
 * ```
 */
export class WaitTimeoutError extends MillraceError {
  /** Always `"WaitTimeoutError"`. */
  override readonly name = "WaitTimeoutError";
}

/**
 * A reader of `flow.events` left more JobEvents unread than its `maxUnread` allows, or blocked the flow for
 * longer than its `maxWait`. Its unread JobEvents are dropped; the flow and its jobs go on.
 *
 * @example A reader that is too slow, and goes on from the store
 * ```ts
 * import type { Flow } from "@millrace/flow";
 * import { SlowReaderError } from "@millrace/flow/errors";
 *
 * async function follow(flow: Flow, jobId: string, show: (type: string) => Promise<void>) {
 *   let after = 0;
 *   while (true) {
 *     try {
 *       for await (const { type, seq } of flow.events({ jobId, after })) {
 *         await show(type);
 *         after = seq;
 *       }
 *       return;
 *     } catch (error) {
 *       if (!(error instanceof SlowReaderError)) throw error;
 *     }
 *   }
 * }
 * ```
 */
export class SlowReaderError extends MillraceError {
  /** Always `"SlowReaderError"`. */
  override readonly name = "SlowReaderError";
}

/**
 * The source of a feed failed, or one of its items cannot be sent or stored. This is the `error` of the job,
 * which fails. The items before it were queued. The `cause` is what the source threw, or the fault of the item.
 *
 * @example A source that fails half way
 * ```ts
 * import { Flow } from "@millrace/flow";
 * import { FeedError } from "@millrace/flow/errors";
 * import { fibonacci } from "../../examples/fibonacci.ts";
 *
 * function* numbers() {
 *   yield 20;
 *   throw new RangeError("no more numbers");
 * }
 * await using flow = new Flow({ maxWorkers: 1 }).add("fibonacci", fibonacci);
 * const job = await flow.feed("fibonacci.n", numbers()).waitForCompletion();
 * if (job.error instanceof FeedError) console.log(job.status, job.error.item); // failed 2
 * ```
 */
export class FeedError extends MillraceError {
  /** Always `"FeedError"`. */
  override readonly name = "FeedError";
  /** The slot to which the job is fed, as `routine.slot`. */
  readonly entry: string;
  /** The number of the item, from 1. */
  readonly item: number;

  /**
   * Creates the error.
   *
   * @param entry The slot to which the job is fed, as `routine.slot`.
   * @param item The number of the item, from 1.
   * @param options The `cause`, and the ids that place the error.
   */
  constructor(entry: string, item: number, options: MillraceErrorOptions) {
    const { flowId, jobId, cause } = options;
    super(
      `the feed of job "${jobId}" of flow "${flowId}" to "${entry}" has failed at item ${item}: ${
        messageOf(cause)
      }`,
      {
        fix: "mend the source, and feed a new job, or go on with flow.rerun and flow.feed",
        ...options,
      },
    );
    this.entry = entry;
    this.item = item;
  }
}

/**
 * A job that is being fed was fed a second time, or an iterator was fed that was fed before. An iterator can be
 * read only once: pass an iterable that begins anew, such as a list, or a function that returns one.
 *
 * @example One generator for two jobs
 * ```ts
 * import { Flow } from "@millrace/flow";
 * import { DuplicateFeedError } from "@millrace/flow/errors";
 * import { fibonacci } from "../../examples/fibonacci.ts";
 *
 * await using flow = new Flow({ maxWorkers: 1 }).add("fibonacci", fibonacci);
 * const numbers = [1, 2, 3].values();
 * flow.feed("fibonacci.n", numbers);
 * try {
 *   flow.feed("fibonacci.n", numbers);
 * } catch (error) {
 *   console.log(error instanceof DuplicateFeedError); // true
 * }
 * ```
 */
export class DuplicateFeedError extends MillraceError {
  /** Always `"DuplicateFeedError"`. */
  override readonly name = "DuplicateFeedError";
}
