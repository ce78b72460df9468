import type { SerializedError } from "../data/serialized_error.ts";
import { ERROR_EVENT } from "../routine/error_event.ts";
import { DEFAULT_POLICY, type EffectivePolicy } from "../graph/policy.ts";
import type { Expire, Fail, Rules } from "./command.ts";
import type { LiveActivation } from "./job.ts";
import type { Wait } from "./job_event.ts";

/** The facts of a failure on which its policy depends. */
export interface FailureFacts {
  /** The error. */
  readonly error: SerializedError;
  /** The number of earlier retries that count for the error. */
  readonly retries: number;
  /** `true` if this attempt is the last one, regardless of the policy. */
  readonly isLast: boolean;
  /** The time of the failure, in epoch milliseconds. */
  readonly at: number;
  /** The time by which all attempts must be over, in epoch milliseconds. */
  readonly until: number;
  /** `true` if the routine's `$error` is connected. */
  readonly isRouted: boolean;
  /** A random number from 0 to 1, for the jitter of a retry. */
  readonly chance: number;
}

/** Returns the facts of an attempt that failed. */
export function factsOfAttempt(
  live: LiveActivation,
  { error, crashed, isLast, chance }: Fail,
  at: number,
  rules: Rules,
): FailureFacts {
  const { routineId } = live.activation;
  const isPoison = crashed === true && live.crashes + 1 >= rules.maxCrashes;
  const policy = policyOf(routineId, rules);
  return {
    error,
    retries: retriesOf(live, policy.budgetFor(error.name)),
    isLast: isPoison || isLast === true,
    at,
    until: live.queuedAt + policy.totalTimeout,
    isRouted: isRouted(routineId, rules),
    chance,
  };
}

/** Returns the facts of a wait that ended without its signal. */
export function factsOfWait(
  { routineId, attempt }: Wait,
  { error, chance }: Expire,
  at: number,
  rules: Rules,
): FailureFacts {
  return {
    error,
    retries: attempt - 1,
    isLast: false,
    at,
    until: Infinity,
    isRouted: isRouted(routineId, rules),
    chance,
  };
}

/** Returns the number of retries that count for a name in `onErrorOf`, or for `onError`. */
function retriesOf({ retries, retriesOf }: LiveActivation, budget: string | undefined): number {
  if (budget !== undefined) return retriesOf?.get(budget) ?? 0;
  return [...retriesOf?.values() ?? []].reduce((rest, count) => rest - count, retries);
}

/** Returns the policy of a routine. */
export function policyOf(routineId: string, { policies }: Rules): EffectivePolicy {
  return policies.get(routineId) ?? DEFAULT_POLICY;
}

function isRouted(routineId: string, { routes }: Rules): boolean {
  return routes.from(routineId, ERROR_EVENT).length > 0;
}
