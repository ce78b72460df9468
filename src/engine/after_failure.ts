import { reviveError, type SerializedError } from "../data/serialized_error.ts";
import {
  type EffectivePolicy,
  type FinalStrategy,
  isRetry,
  retryDelay,
  type RetryStrategy,
  type SkipStrategy,
} from "../graph/policy.ts";
import { followedBy } from "./followed_by.ts";

/** What follows a failure. */
export type Aftermath =
  & (
    | { readonly kind: "retry"; readonly dueAt: number }
    | { readonly kind: "stop" }
    | { readonly kind: "continue" }
    | { readonly kind: "skip"; readonly fallback: SkipStrategy["fallback"] }
  )
  /** What is told in place of the error, if it could not be dealt with. */
  & { readonly error?: SerializedError };

/** What there is to know of a failure. */
export interface FailureFacts {
  /** What failed. */
  readonly error: SerializedError;
  /** How many retries there were. */
  readonly retries: number;
  /** Whether there can be no other attempt, whatever the policy says. */
  readonly isLast: boolean;
  /** When it failed, in epoch milliseconds. */
  readonly at: number;
  /** When it must be over, in epoch milliseconds. */
  readonly until: number;
  /** Whether the routine's `$error` leads somewhere. */
  readonly isRouted: boolean;
  /** A number from 0 to 1, drawn for this. */
  readonly chance: number;
}

/** Decides what follows a failure by the policy of the routine. */
export function afterFailure(policy: EffectivePolicy, facts: FailureFacts): Aftermath {
  const usual = facts.isRouted ? "continue" : "stop";
  const strategy = policy.strategyFor(facts.error.name) ?? usual;
  if (!isRetry(strategy)) return final(policy, strategy);
  const dueAt = facts.at + retryDelay(strategy, facts.retries + 1, facts.chance);
  const { maxRetries = 3 } = strategy;
  const last = final(policy, strategy.then ?? usual);
  const mayRetry = !facts.isLast && facts.retries < maxRetries && dueAt < facts.until;
  if (!mayRetry) return last;
  try {
    return isRetryable(strategy, facts.error) ? { kind: "retry", dueAt } : last;
  } catch (thrown) {
    return { ...last, error: followedBy(facts.error, thrown) };
  }
}

function final({ critical, optional }: EffectivePolicy, strategy: FinalStrategy): Aftermath {
  const kind = typeof strategy === "string" ? strategy : strategy.strategy;
  if (critical) return { kind: "stop" };
  if (kind === "stop") return { kind: optional ? "continue" : "stop" };
  if (kind === "continue") return { kind };
  return { kind, fallback: typeof strategy === "object" ? strategy.fallback : undefined };
}

function isRetryable({ retryable }: RetryStrategy, error: SerializedError): boolean {
  if (retryable === undefined) return true;
  return typeof retryable === "function"
    ? retryable(reviveError(error))
    : retryable.includes(error.name);
}
