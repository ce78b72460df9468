// The errors that end an activation, or an attempt at it, or that a call about one throws.

import { MillraceError, type MillraceErrorOptions } from "./millrace_error.ts";

/**
 * An activation, an attempt at it or a standalone run took longer than it may.
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
  /** Which clock ran out: that of `queueTimeout`, `runTimeout` or `totalTimeout`. */
  readonly clock: "queue" | "run" | "total";

  /**
   * Makes the error.
   *
   * @param message What took too long, and what to do about it.
   * @param options Which clock ran out, the `cause`, and the ids that place the error.
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
 * An activation was asked to stop, by `flow.cancelActivation` or as its job has failed: the reason with
 * which `ctx.signal` aborts. In a job that is cancelled, that is a `JobCancelledError`.
 *
 * @example Telling why a visit was broken off
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
 * A context was used after its activation had ended, where the effect would have been lost.
 *
 * @example Awaiting what a handler starts, so that it never comes
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
 * An attempt did not do once more what earlier attempts of its activation had committed by a flush, so
 * that nobody can say what of it is new. See `RoutineContext.flush` for the two ways to write a handler
 * that flushes.
 *
 * @example Not trying again what would fail each time
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
 * Nobody sent the signal that a routine waited for within the time it gave.
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
 * An activation has lost as many workers, or processes, as `maxCrashes` allows, and is not
 * tried again; the loss of a worker is the `cause`.
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
 * An activation was named that its job does not have, or has no more.
 *
 * @example Cancelling what may have ended meanwhile
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
