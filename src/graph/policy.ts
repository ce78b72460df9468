import type { EventPayload, NameOf, Port } from "../routine/port.ts";
import type { Sent } from "../routine/sendable.ts";

/**
 * The reaction to a failed activation.
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
 * @typeParam F The fallbacks that it may have, as {@linkcode FallbackOf} gives them for a routine; none by
 * default.
 */
export type Strategy<F = never> = "stop" | "continue" | "skip" | SkipStrategy<F> | RetryStrategy<F>;

/**
 * The reaction to an activation that failed for good.
 *
 * @example What is done when retries did not help
 * ```ts
 * import { Flow } from "@millrace/flow";
 * import type { FallbackOf, FinalStrategy } from "@millrace/flow/types";
 * import { fibonacci, total } from "../../examples/fibonacci.ts";
 *
 * const giveUp: FinalStrategy<FallbackOf<typeof fibonacci.events>> = { strategy: "skip", fallback: { event: "result", payload: 0 } };
 * await using flow = new Flow()
 *   .add("fibonacci", fibonacci, { onError: { strategy: "retry", maxRetries: 2, then: giveUp } })
 *   .add("total", total)
 *   .connect("fibonacci.result", "total.number");
 * ```
 *
 * @typeParam F The fallbacks that it may have, as {@linkcode FallbackOf} gives them for a routine; none by
 * default.
 */
export type FinalStrategy<F = never> = "stop" | "continue" | "skip" | SkipStrategy<F>;

/**
 * The routine is marked as skipped, and the job goes on.
 *
 * @example A value in place of a result
 * ```ts
 * import { Flow } from "@millrace/flow";
 * import type { FallbackOf, SkipStrategy } from "@millrace/flow/types";
 * import { fibonacci, total } from "../../examples/fibonacci.ts";
 *
 * const skip: SkipStrategy<FallbackOf<typeof fibonacci.events>> = { strategy: "skip", fallback: { event: "result", payload: 0 } };
 * await using flow = new Flow()
 *   .add("fibonacci", fibonacci, { onError: skip })
 *   .add("total", total)
 *   .connect("fibonacci.result", "total.number");
 * ```
 *
 * @typeParam F The fallbacks that it may have, as {@linkcode FallbackOf} gives them for a routine; none by
 * default.
 */
export interface SkipStrategy<F = never> {
  /** The kind of strategy. */
  readonly strategy: "skip";
  /** The payload that the routine emits in place of its work, and its event. */
  readonly fallback?: F;
}

/**
 * A payload that a routine emits in place of its work, and the event for it.
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
 *
 * @example A strategy that is written apart from the flow
 * ```ts
 * import { Flow } from "@millrace/flow";
 * import type { FallbackOf, SkipStrategy } from "@millrace/flow/types";
 * import { fibonacci, total } from "../../examples/fibonacci.ts";
 *
 * const skip: SkipStrategy<FallbackOf<typeof fibonacci.events>> = {
 *   strategy: "skip",
 *   fallback: { event: "result", payload: 0 },
 * };
 * await using flow = new Flow()
 *   .add("fibonacci", fibonacci, { onError: skip })
 *   .add("total", total)
 *   .connect("fibonacci.result", "total.number");
 * ```
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
 * The activation is tried again; what it did before has no effects.
 *
 * @example Retrying what may go well next time
 * ```ts
 * import { Flow } from "@millrace/flow";
 * import type { RetryStrategy } from "@millrace/flow/types";
 * import { fibonacci } from "../../examples/fibonacci.ts";
 *
 * const retry: RetryStrategy = {
 *   strategy: "retry",
 *   maxRetries: 4,
 *   delay: 250, // then 500, 1000 and 2000 ms, each up to a tenth longer or shorter
 *   jitter: 0.1,
 *   retryable: ["WorkerLostError", "ActivationTimeoutError"],
 *   then: "continue",
 * };
 * await using flow = new Flow().add("fibonacci", fibonacci, { onError: retry });
 * ```
 *
 * @typeParam F The fallbacks that it may have, as {@linkcode FallbackOf} gives them for a routine; none by
 * default.
 */
export interface RetryStrategy<F = never> {
  /** The kind of strategy. */
  readonly strategy: "retry";
  /**
   * The greatest number of retries. Under a name in `onErrorOf`, the retries after errors of that
   * name are counted by themselves, and the delay grows with them alone; all others count under
   * `onError`.
   *
   * @default {3}
   */
  readonly maxRetries?: number;
  /**
   * Milliseconds before the first retry. The clock starts when the attempt has failed.
   *
   * @default {100}
   */
  readonly delay?: number;
  /**
   * By how much the delay grows from retry to retry: the n-th waits `delay * backoff ** (n - 1)`.
   *
   * @default {2}
   */
  readonly backoff?: number;
  /**
   * The longest delay, in milliseconds, jitter included.
   *
   * @default {30_000}
   */
  readonly maxDelay?: number;
  /**
   * By what part of itself a delay is made longer or shorter at random, from 0 to 1; it never gets
   * longer than `maxDelay`.
   *
   * @default {0}
   */
  readonly jitter?: number;
  /**
   * Which errors are worth a retry: those with one of these names, or for which this returns true. If
   * it throws, the error is not, and what it threw is reported in its place, with the error as the cause.
   *
   * @default All.
   */
  readonly retryable?: readonly string[] | ((error: Error) => boolean);
  /**
   * The reaction when there are no retries left, or the error is not worth one.
   *
   * @default {"stop"}, or `"continue"` for a routine whose `$error` is connected.
   */
  readonly then?: FinalStrategy<F>;
}

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
 * @typeParam F The fallbacks that it may have, as {@linkcode FallbackOf} gives them for a routine; none by
 * default.
 */
export interface Policy<F = never> {
  /**
   * The reaction to a failed activation: `"stop"` fails the job, `"continue"` records the error and
   * goes on, `"skip"` marks the routine as skipped and goes on, and a retry tries again.
   *
   * @default {"stop"}, or `"continue"` for a routine whose `$error` is connected.
   */
  readonly onError?: Strategy<F>;
  /**
   * The same for errors of certain names, as `{ SlotValidationError: "skip" }`; the name of an error is its
   * own `name`, or that of its class. Each retry strategy has its own count of retries.
   */
  readonly onErrorOf?: Readonly<Record<string, Strategy<F>>>;
  /**
   * Milliseconds that an activation may wait for a worker. The clock starts when it could be executed:
   * when it is queued, or when its delay, or that before its retry, is over. It stands still while the job
   * is paused, the store cannot be written, or no process runs the job.
   *
   * @default {Infinity}
   */
  readonly queueTimeout?: number;
  /**
   * Milliseconds that an attempt may be executed. The clock starts when a worker begins it. Then
   * `ctx.signal` aborts, and the attempt fails when the handler has ended, or after the `grace` of the
   * pool, when its worker is given up.
   *
   * @default {Infinity}
   */
  readonly runTimeout?: number;
  /**
   * Milliseconds that an activation may take with all its retries. The clock starts when it could be
   * executed the first time: when it is queued, its delay is over, or what was held back is released. It
   * stands still as that of `queueTimeout` does, but not while the activation executes in a paused job.
   *
   * @default {Infinity}
   */
  readonly totalTimeout?: number;
}

/**
 * The policy of one routine in a flow; what it does not say, the flow's policy says.
 *
 * @example A routine that the job can do without
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
 * @typeParam F The fallbacks that it may have, as {@linkcode FallbackOf} gives them for a routine; none by
 * default.
 */
export interface RoutinePolicy<F = never> extends Policy<F> {
  /**
   * The job fails if the routine does, whatever else is said; retries come first.
   *
   * @default {false}
   */
  readonly critical?: boolean;
  /**
   * The job never fails because of the routine: `"stop"` becomes `"continue"`.
   *
   * @default {false}
   */
  readonly optional?: boolean;
}

/** A routine's policy with that of its flow. */
export interface EffectivePolicy {
  /** The name in `onErrorOf` that a strategy is found under; `undefined` for that of `onError`. */
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

/** Puts a routine's policy over that of its flow. */
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

/** The policy of a routine that says nothing, in a flow that says nothing. */
export const DEFAULT_POLICY: EffectivePolicy = effectivePolicy({}, {});

/**
 * Returns the delay before a retry: exponential backoff with jitter.
 *
 * @param strategy The strategy.
 * @param retry Which retry it is, from 1.
 * @param chance A number from 0 to 1 that is drawn for it.
 * @returns Milliseconds.
 */
export function retryDelay(
  strategy: RetryStrategy<Fallback>,
  retry: number,
  chance: number,
): number {
  const { delay = 100, backoff = 2, maxDelay = 30_000, jitter = 0 } = strategy;
  // After a thousand retries the backoff is infinite, and no number times 0.
  const regular = delay === 0 ? 0 : Math.min(maxDelay, delay * backoff ** (retry - 1));
  // Drawn from what is left of the range: cut off afterwards, half of all would be equal.
  const least = regular * (1 - jitter);
  const most = Math.min(maxDelay, regular * (1 + jitter));
  return Math.min(most, least + chance * (most - least));
}

/** Checks whether a strategy tries again. */
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

function own<Value>(record: Readonly<Record<string, Value>> | undefined, key: string) {
  return record !== undefined && Object.hasOwn(record, key) ? record[key] : undefined;
}
