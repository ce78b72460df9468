import { faithfulCopy } from "../data/faithful_copy.ts";
import type { Fallback, FinalStrategy, Policy, Strategy } from "./policy.ts";

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
  if (typeof strategy === "string" || strategy.strategy === "skip") return own(strategy, what);
  const { retryable, then } = strategy;
  return {
    ...strategy,
    ...typeof retryable === "object" && { retryable: [...retryable] },
    ...then !== undefined && { then: own(then, what) },
  };
}

function own(strategy: FinalStrategy<Fallback>, what: string): FinalStrategy<Fallback> {
  if (typeof strategy === "string" || strategy.fallback === undefined) return strategy;
  const { event, payload } = strategy.fallback;
  return { ...strategy, fallback: { event, payload: faithfulCopy(payload, what) } };
}
