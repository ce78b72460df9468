// The policies for failures and timeouts: the options that users give, their copies, and the effective policy
// of a routine. `check_policy.ts` checks the options, and `engine/after_failure.ts` applies the strategies.

import { faithfulCopy } from "../data/faithful_copy.ts";
import type { EventPayload, NameOf, Port } from "../routine/port.ts";
import type { Sent } from "../routine/sendable.ts";

/**
 * Reactions to errors, and timeouts.
 *
 * @example A policy for all routines of a flow
 * ```ts
 * import { Flow, type Policy } from "@millrace/flow";
 *
 * const patient: Policy = {
 *   onError: { strategy: "retry", maxRetries: 2 },
 *   onErrorOf: { SlotValidationError: "skip" }, // a bad payload stays bad
 *   runTimeout: 60_000,
 * };
 * await using flow = new Flow({ id: "import", ...patient });
 * ```
 *
 * @typeParam F The type of its fallbacks, such as {@linkcode FallbackOf} a routine; by default, it has none.
 */
export interface Policy<F = never> {
  /**
   * The reaction to a failed attempt. `"stop"` fails the job; `"continue"` records the error, and the job
   * goes on; `"skip"` marks the routine as skipped, and the job goes on; `"retry"` executes the activation
   * again.
   *
   * @default {"stop"}, or `"continue"` for a routine whose `$error` is connected.
   */
  readonly onError?: Strategy<F>;
  /**
   * The reactions to errors with certain names, as in `{ SlotValidationError: "skip" }`. The name of an error
   * is its own `name`, or that of its class. Each retry strategy has its own count of retries.
   */
  readonly onErrorOf?: Readonly<Record<string, Strategy<F>>>;
  /**
   * The time that an activation may wait for a worker, in milliseconds. The clock starts when the activation
   * could be executed: when it is queued, or when its delay or that of its retry is over. It runs while the
   * activation waits for a limit of its routine, or for the turn of its job with `maxJobs`. The clock is
   * stopped while the job is paused and, unless `countOutages` is set, while the store cannot be written or
   * no process runs the job.
   *
   * @default {Infinity}
   */
  readonly queueTimeout?: number;
  /**
   * The time that an attempt may execute, in milliseconds. The clock starts when a worker begins the attempt.
   * When the time is up, `ctx.signal` aborts. The attempt fails when its handler has ended, or after the
   * `grace` of the pool, when its worker is replaced.
   *
   * @default {Infinity}
   */
  readonly runTimeout?: number;
  /**
   * The time that an activation may take with all its retries, in milliseconds. The clock starts when the
   * activation could first be executed: when it is queued, when its delay is over, or when it is no longer
   * held back. The clock is stopped like that of `queueTimeout`, but runs while the activation executes in a
   * paused job.
   *
   * @default {Infinity}
   */
  readonly totalTimeout?: number;
}

/**
 * The reaction to a failed attempt at an activation.
 *
 * @example A strategy that a setting chooses
 * ```ts
 * import { Flow, type Strategy } from "@millrace/flow";
 *
 * function strategyFor(setting: "strict" | "lenient" | "patient"): Strategy {
 *   switch (setting) {
 *     case "strict":
 *       return "stop";
 *     case "lenient":
 *       return { strategy: "skip" };
 *     case "patient":
 *       return { strategy: "retry", maxRetries: 10, then: "continue" };
 *   }
 * }
 * await using flow = new Flow({ onError: strategyFor("patient") });
 * ```
 *
 * @typeParam F The type of its fallbacks, such as {@linkcode FallbackOf} a routine; by default, it has none.
 */
export type Strategy<F = never> = "stop" | "continue" | "skip" | SkipStrategy<F> | RetryStrategy<F>;

/**
 * The reaction to an activation that failed for good.
 *
 * @typeParam F The type of its fallbacks, such as {@linkcode FallbackOf} a routine; by default, it has none.
 */
export type FinalStrategy<F = never> = "stop" | "continue" | "skip" | SkipStrategy<F>;

/**
 * A strategy that marks the routine as skipped. The job goes on.
 *
 * @typeParam F The type of its fallbacks, such as {@linkcode FallbackOf} a routine; by default, it has none.
 */
export interface SkipStrategy<F = never> {
  /** The kind of strategy. */
  readonly strategy: "skip";
  /** The payload that is emitted in place of the routine's result, and its event. */
  readonly fallback?: F;
}

/**
 * A payload that is emitted in place of the result of a routine, and the event for it.
 *
 * @example The fallbacks of a policy
 * ```ts
 * import type { Fallback, Strategy } from "@millrace/flow";
 *
 * function describe(strategy: Strategy<Fallback>): string {
 *   if (typeof strategy === "string" || strategy.strategy !== "skip") return "nothing";
 *   return strategy.fallback === undefined ? "nothing" : `a payload on ${strategy.fallback.event}`;
 * }
 * console.log(describe({ strategy: "skip", fallback: { event: "result", payload: 0 } })); // a payload on result
 * ```
 */
export interface Fallback {
  /** The event. */
  readonly event: string;
  /** The payload. */
  readonly payload: unknown;
}

/**
 * A {@linkcode Fallback} on one of a routine's events, with a payload of that event.
 */
export type FallbackOf<E> = {
  [Name in NameOf<E>]: {
    /** The event. */
    readonly event: Name;
    /** The payload. */
    readonly payload: Sent<EventPayload<Port<E, Name>>>;
  };
}[NameOf<E>];

/**
 * A strategy that executes the activation again. Effects of the failed attempt are discarded, except those
 * that were flushed.
 *
 * @typeParam F The type of its fallbacks, such as {@linkcode FallbackOf} a routine; by default, it has none.
 */
export interface RetryStrategy<F = never> {
  /** The kind of strategy. */
  readonly strategy: "retry";
  /**
   * The maximum number of retries. Each name in `onErrorOf` has its own count of retries, on which the delay
   * depends; all other retries count for `onError`.
   *
   * @default {3}
   */
  readonly maxRetries?: number;
  /**
   * The delay of the first retry, in milliseconds. The clock starts when the attempt has failed. A function returns the
   * delay of each retry, given the error and the number of attempts that have failed, from 1; `backoff`, `maxDelay` and
   * `jitter` are not applied to it. If it throws, or returns no such number, the error is not retried, and that error is
   * reported instead, with the original one as its cause. It must not be async.
   *
   * An error with a number of milliseconds in its field `retryAfter`, such as a server's answer, is retried after that
   * time instead, even if it is longer than `maxDelay`, unless a function decides. With `Infinity`, from the error or
   * from a function, the error is not retried.
   *
   * @default {100}
   */
  readonly delay?: number | ((error: Error, attempt: number) => number);
  /**
   * The factor by which the delay grows with each retry: the delay of the n-th retry is
   * `delay * backoff ** (n - 1)`.
   *
   * @default {2}
   */
  readonly backoff?: number;
  /**
   * The maximum delay including jitter, in milliseconds.
   *
   * @default {30_000}
   */
  readonly maxDelay?: number;
  /**
   * The maximum part by which a delay is randomly increased or decreased, from 0 to 1. The delay does not
   * exceed `maxDelay`.
   *
   * @default {0}
   */
  readonly jitter?: number;
  /**
   * The errors that are retried: those with one of these names, or those for which this function returns
   * `true`. If the function throws, the error is not retried, and the thrown error is reported instead, with
   * the original one as its cause. The function must not be async: a returned promise counts as an error.
   *
   * @default All errors.
   */
  readonly retryable?: readonly string[] | ((error: Error) => boolean);
  /**
   * The reaction when no retries are left, or the error is not retried.
   *
   * @default {"stop"}, or `"continue"` for a routine whose `$error` is connected.
   */
  readonly then?: FinalStrategy<F>;
}

/**
 * The policy of one routine in a flow. Settings that it lacks are taken from the flow's policy.
 *
 * @example A routine whose failure does not matter
 * ```ts
 * import { Flow, type RoutinePolicy } from "@millrace/flow";
 * import { fibonacci, total } from "../../examples/fibonacci.ts";
 *
 * const twice: RoutinePolicy = { optional: true, onError: { strategy: "retry", maxRetries: 1 } };
 * await using flow = new Flow()
 *   .add("fibonacci", fibonacci, { critical: true })
 *   .add("total", total, twice)
 *   .connect("fibonacci.result", "total.number");
 * ```
 *
 * @typeParam F The type of its fallbacks, such as {@linkcode FallbackOf} a routine; by default, it has none.
 */
export interface RoutinePolicy<F = never> extends Policy<F> {
  /**
   * `true` if the job fails when the routine fails, after the retries, whatever the strategies.
   *
   * @default {false}
   */
  readonly critical?: boolean;
  /**
   * `true` if the job never fails because of the routine: `"stop"` then means `"continue"`.
   *
   * @default {false}
   */
  readonly optional?: boolean;
}

/** The policy of a routine combined with that of its flow. */
export interface EffectivePolicy {
  /**
   * Returns the name in `onErrorOf` under which the strategy for an error is found; `undefined` for that of
   * `onError`.
   */
  readonly budgetFor: (errorName: string) => string | undefined;
  readonly strategyFor: (errorName: string) => Strategy<Fallback> | undefined;
  readonly critical: boolean;
  readonly optional: boolean;
  readonly queueTimeout: number;
  readonly runTimeout: number;
  readonly totalTimeout: number;
  /** `true` if an activation can be executed more than once. */
  readonly mayRetry: boolean;
}

/** Combines a routine's policy with that of its flow. */
export function effectivePolicy(
  routine: RoutinePolicy<Fallback>,
  flow: Policy<Fallback>,
): EffectivePolicy {
  const layers = [routine, flow];
  const layerOf = (name: string) =>
    layers.find(({ onError, onErrorOf }) => (own(onErrorOf, name) ?? onError) !== undefined);
  const timeout = (name: "queueTimeout" | "runTimeout" | "totalTimeout") =>
    routine[name] ?? flow[name] ?? Infinity;
  return {
    strategyFor: (name) => {
      const layer = layerOf(name);
      return own(layer?.onErrorOf, name) ?? layer?.onError;
    },
    budgetFor: (name) => own(layerOf(name)?.onErrorOf, name) === undefined ? undefined : name,
    critical: routine.critical ?? false,
    optional: routine.optional ?? false,
    queueTimeout: timeout("queueTimeout"),
    runTimeout: timeout("runTimeout"),
    totalTimeout: timeout("totalTimeout"),
    mayRetry: layers.some(({ onError, onErrorOf = {} }) =>
      [onError, ...Object.values(onErrorOf)].some(isRetry)
    ),
  };
}

/** The policy of a routine without settings in a flow without settings. */
export const DEFAULT_POLICY: EffectivePolicy = effectivePolicy({}, {});

/**
 * Returns the delay before a retry: exponential backoff with jitter.
 *
 * @param strategy The strategy.
 * @param retry The number of the retry, from 1.
 * @param chance A random number from 0 to 1, for the jitter.
 * @returns The delay, in milliseconds.
 */
export function retryDelay(
  strategy: RetryStrategy<Fallback>,
  retry: number,
  chance: number,
): number {
  const { backoff = 2, maxDelay = 30_000, jitter = 0 } = strategy;
  const delay = typeof strategy.delay === "number" ? strategy.delay : 100;
  // Handled separately, as the backoff becomes infinite after about a thousand retries, and `0 * Infinity` is
  // `NaN`.
  const regular = delay === 0 ? 0 : Math.min(maxDelay, delay * backoff ** (retry - 1));
  // The range is bounded before the draw. Cutting off a drawn delay would make half of them equal.
  const least = regular * (1 - jitter);
  const most = Math.min(maxDelay, regular * (1 + jitter));
  return Math.min(most, least + chance * (most - least));
}

/** Checks whether a strategy is a retry. */
export function isRetry(
  strategy: Strategy<Fallback> | undefined,
): strategy is RetryStrategy<Fallback> {
  return typeof strategy === "object" && strategy?.strategy === "retry";
}

/** Returns the fallbacks of a policy's strategies. */
export function fallbacksOf(policy: Policy<Fallback>): Fallback[] {
  const strategies = [policy.onError, ...Object.values(policy.onErrorOf ?? {})];
  return strategies.flatMap((strategy) => {
    const last = isRetry(strategy) ? strategy.then : strategy;
    return typeof last === "object" && last.strategy === "skip" ? last.fallback ?? [] : [];
  });
}

/**
 * Copies a policy, including the payloads of its fallbacks, so that later changes to the original have no
 * effect.
 *
 * @param policy The policy.
 * @param what The name of its fallbacks in the path of an error.
 * @throws {UncloneableValueError} If structured clone would lose a part of a fallback's payload.
 */
export function ownPolicy<P extends Policy<Fallback>>(policy: P, what: string): P {
  const { onError, onErrorOf } = policy;
  return {
    ...policy,
    ...onError !== undefined && { onError: ownStrategy(onError, what) },
    ...onErrorOf !== undefined && {
      onErrorOf: Object.fromEntries(
        Object.entries(onErrorOf).map(([name, strategy]) => [name, ownStrategy(strategy, what)]),
      ),
    },
  };
}

function ownStrategy(strategy: Strategy<Fallback>, what: string): Strategy<Fallback> {
  if (typeof strategy === "string" || strategy.strategy === "skip") return ownFinal(strategy, what);
  const { retryable, then } = strategy;
  return {
    ...strategy,
    ...typeof retryable === "object" && { retryable: [...retryable] },
    ...then !== undefined && { then: ownFinal(then, what) },
  };
}

function ownFinal(strategy: FinalStrategy<Fallback>, what: string): FinalStrategy<Fallback> {
  if (typeof strategy === "string" || strategy.fallback === undefined) return strategy;
  const { event, payload } = strategy.fallback;
  return { ...strategy, fallback: { event, payload: faithfulCopy(payload, what) } };
}

function own<Value>(record: Readonly<Record<string, Value>> | undefined, key: string) {
  return record !== undefined && Object.hasOwn(record, key) ? record[key] : undefined;
}
