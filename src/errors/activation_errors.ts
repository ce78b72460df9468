// The errors that end an activation or an attempt at one, and those thrown by calls that name an activation.

import { MillraceError, type MillraceErrorOptions } from "./millrace_error.ts";

/**
 * An activation, an attempt at it or a standalone run exceeded its time limit.
 *
 * @example A standalone run with too little time
 * ```ts
 * import { ActivationTimeoutError } from "@millrace/flow/errors";
 * import { WorkerPool } from "@millrace/flow/pool";
 * import { fibonacci } from "../../examples/fibonacci.ts";
 *
 * await using pool = new WorkerPool({ maxWorkers: 1 });
 * try {
 *   await pool.run(fibonacci, "n", 20, { timeout: 0 });
 * } catch (error) {
 *   if (!(error instanceof ActivationTimeoutError)) throw error;
 *   console.log(error.clock); // total
 * }
 * ```
 */
export class ActivationTimeoutError extends MillraceError {
  /** Always `"ActivationTimeoutError"`. */
  override readonly name = "ActivationTimeoutError";
  /** The clock that ran out: that of `queueTimeout`, `runTimeout` or `totalTimeout`. */
  readonly clock: "queue" | "run" | "total";

  /**
   * Creates the error.
   *
   * @param message The message: the part of the work that took too long, and the fix.
   * @param options The clock that ran out, the `cause`, and the ids that place the error.
   */
  constructor(
    message: string,
    options: MillraceErrorOptions & { readonly clock: "queue" | "run" | "total" },
  ) {
    super(message, options);
    this.clock = options.clock;
  }
}

/**
 * An activation was asked to stop, by `flow.cancelActivation` or because its job failed. This error is the
 * reason with which `ctx.signal` aborts; in a job that was cancelled, the reason is a `JobCancelledError`.
 *
 * @example Logging why a visit was broken off
 * ```ts
 * import type { RoutineContext } from "@millrace/flow";
 * import { ActivationCancelledError } from "@millrace/flow/errors";
 *
 * async function visit(urls: readonly string[], { signal }: RoutineContext): Promise<void> {
 *   for (const url of urls) {
 *     if (signal.reason instanceof ActivationCancelledError) console.warn(signal.reason.message);
 *     signal.throwIfAborted();
 *     await fetch(url, { signal });
 *   }
 * }
 * ```
 */
export class ActivationCancelledError extends MillraceError {
  /** Always `"ActivationCancelledError"`. */
  override readonly name = "ActivationCancelledError";
}

/**
 * A context was used after its activation had ended, so that the effect would have been lost.
 *
 * @example Avoiding the error by awaiting every promise
 * ```ts
 * import { defineRoutine, slot } from "@millrace/flow/routine";
 *
 * export const measure = defineRoutine(import.meta, {
 *   slots: { file: slot<Blob>() },
 *   handlers: {
 *     async file(file, ctx) {
 *       const text = await file.text(); // with `file.text().then(...)` the handler would end first
 *       ctx.sharedData.set("length", text.length);
 *     },
 *   },
 * });
 * ```
 */
export class ActivationEndedError extends MillraceError {
  /** Always `"ActivationEndedError"`. */
  override readonly name = "ActivationEndedError";
}

/**
 * An attempt did not repeat the effects that earlier attempts of its activation had committed by a flush, so
 * that its new effects cannot be determined. See `RoutineContext.flush` for the two ways to write a handler
 * that flushes.
 *
 * @example Excluding the error from the retries
 * ```ts
 * import { Flow } from "@millrace/flow";
 * import { RepeatMismatchError } from "@millrace/flow/errors";
 * import type { RetryStrategy } from "@millrace/flow/types";
 *
 * const onError: RetryStrategy = {
 *   strategy: "retry",
 *   maxRetries: 5,
 *   retryable: (error) => !(error instanceof RepeatMismatchError),
 * };
 * await using flow = new Flow({ onError });
 * ```
 */
export class RepeatMismatchError extends MillraceError {
  /** Always `"RepeatMismatchError"`. */
  override readonly name = "RepeatMismatchError";
}

/**
 * The signal that a routine waited for was not sent within the timeout of the wait.
 *
 * @example Going on without the answer that did not come
 * ```ts
 * import { Flow } from "@millrace/flow";
 * import { fibonacci } from "../../examples/fibonacci.ts";
 *
 * await using flow = new Flow().add("fibonacci", fibonacci, {
 *   onErrorOf: { SignalTimeoutError: { strategy: "retry", maxRetries: 2, then: "continue" } },
 * });
 * ```
 */
export class SignalTimeoutError extends MillraceError {
  /** Always `"SignalTimeoutError"`. */
  override readonly name = "SignalTimeoutError";
}

/**
 * The function `limitBy` of a routine threw for a payload, or returned no string. The activation fails with this error, and
 * the policy of the routine applies.
 *
 * @example Going on with the other payloads
 * ```ts
 * import { defineRoutine, Flow, slot } from "@millrace/flow";
 *
 * export const visit = defineRoutine(import.meta, {
 *   slots: { url: slot<string>() },
 *   handlers: { url: async (url) => void await (await fetch(url)).body?.cancel() },
 * });
 * await using flow = new Flow({ concurrency: 32 }).add("visit", visit, {
 *   limitBy: (url) => new URL(url).host, // throws if it is no URL
 *   concurrency: 4,
 *   onErrorOf: { LimitKeyError: "continue" },
 * });
 * ```
 */
export class LimitKeyError extends MillraceError {
  /** Always `"LimitKeyError"`. */
  override readonly name = "LimitKeyError";
}

/**
 * An activation has lost as many workers or processes as `maxCrashes` allows, and is not retried. If a worker
 * was lost, its loss is the `cause`.
 *
 * @example Giving up one bad payload, not the job
 * ```ts
 * import { Flow } from "@millrace/flow";
 * import { fibonacci } from "../../examples/fibonacci.ts";
 *
 * await using flow = new Flow({ maxCrashes: 2 }).add("fibonacci", fibonacci, {
 *   onErrorOf: {
 *     WorkerLostError: { strategy: "retry" }, // until a second worker is lost
 *     PoisonedActivationError: "continue",
 *   },
 * });
 * ```
 */
export class PoisonedActivationError extends MillraceError {
  /** Always `"PoisonedActivationError"`. */
  override readonly name = "PoisonedActivationError";
}

/**
 * A call named an activation that its job does not have, or that has ended.
 *
 * @example Cancelling an activation that may have ended meanwhile
 * ```ts
 * import { Flow } from "@millrace/flow";
 * import { UnknownActivationError } from "@millrace/flow/errors";
 * import { fibonacci } from "../../examples/fibonacci.ts";
 *
 * await using flow = new Flow().add("fibonacci", fibonacci);
 * flow.pause();
 * const job = flow.start("fibonacci.n", 20);
 * try {
 *   flow.cancelActivation(job, "no such activation");
 * } catch (error) {
 *   if (!(error instanceof UnknownActivationError)) throw error; // else there is nothing to do
 * }
 * ```
 */
export class UnknownActivationError extends MillraceError {
  /** Always `"UnknownActivationError"`. */
  override readonly name = "UnknownActivationError";
}
