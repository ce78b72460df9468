// Decides by the policy of its routine whether a failed activation is retried, and when. Called by
// `decide_failure.ts` and `retry_question.ts`; the flow's `RetryJudge` calls a user's function that has to
// decide.

import type { SerializedError } from "../data/serialized_error.ts";
import {
  type EffectivePolicy,
  type Fallback,
  type FinalStrategy,
  isRetry,
  retryDelay,
  type RetryStrategy,
} from "../graph/policy.ts";
import type { FailureFacts } from "./failure_facts.ts";
import { followedBy } from "./followed_by.ts";

/**
 * Determines the consequence of a failure by the policy of the routine.
 *
 * @param policy The policy.
 * @param facts The failure.
 * @param verdict The answer of the user's function that {@linkcode retryPredicate} has returned. Without it,
 * an error for which a function decides is not retried.
 */
export function afterFailure(
  policy: EffectivePolicy,
  facts: FailureFacts,
  verdict: RetryVerdict = { isRetryable: false },
): Aftermath {
  const usual = facts.isRouted ? "continue" : "stop";
  const strategy = policy.strategyFor(facts.error.name) ?? usual;
  if (!isRetry(strategy)) return final(policy, strategy);
  const dueAt = retryDueAt(strategy, facts);
  if (dueAt !== undefined && isRetryable(strategy, facts, verdict)) {
    const budget = policy.budgetFor(facts.error.name);
    return { kind: "retry", dueAt, ...budget !== undefined && { budget } };
  }
  const last = final(policy, strategy.then ?? usual);
  const { thrown } = verdict;
  return thrown === undefined ? last : { ...last, error: followedBy(facts.error, thrown) };
}

/** The consequence of a failure. */
export type Aftermath =
  & (
    | { readonly kind: "retry"; readonly dueAt: number; readonly budget?: string }
    | { readonly kind: "stop" }
    | { readonly kind: "continue" }
    | { readonly kind: "skip"; readonly fallback: Fallback | undefined }
  )
  /** The error that replaces the original one, if handling that has failed. */
  & { readonly error?: SerializedError };

/** A user's function that decides which errors are retried. */
export type RetryPredicate = Extract<RetryStrategy["retryable"], (error: Error) => boolean>;

/** The answer of a user's function for one error. */
export interface RetryVerdict {
  /** `true` if the error may be retried. */
  readonly isRetryable: boolean;
  /** The error that the function threw instead of an answer. */
  readonly thrown?: SerializedError;
}

/**
 * Returns the user's function whose answer is needed to determine the consequence of a failure.
 *
 * @param policy The policy of the routine.
 * @param facts The failure.
 * @returns The function; `undefined` if none is needed.
 */
export function retryPredicate(
  policy: EffectivePolicy,
  facts: FailureFacts,
): RetryPredicate | undefined {
  const strategy = policy.strategyFor(facts.error.name);
  if (!isRetry(strategy) || typeof strategy.retryable !== "function") return undefined;
  return retryDueAt(strategy, facts) === undefined ? undefined : strategy.retryable;
}

/** Returns the time of the next attempt; `undefined` if there is none. */
function retryDueAt(strategy: RetryStrategy<Fallback>, facts: FailureFacts): number | undefined {
  const { maxRetries = 3 } = strategy;
  if (facts.isLast || facts.retries >= maxRetries) return undefined;
  const dueAt = facts.at + retryDelay(strategy, facts.retries + 1, facts.chance);
  return dueAt < facts.until ? dueAt : undefined;
}

function final(
  { critical, optional }: EffectivePolicy,
  strategy: FinalStrategy<Fallback>,
): Aftermath {
  if (critical) return { kind: "stop" };
  const kind = typeof strategy === "string" ? strategy : strategy.strategy;
  switch (kind) {
    case "stop":
      return { kind: optional ? "continue" : "stop" };
    case "continue":
      return { kind };
    case "skip":
      return { kind, fallback: typeof strategy === "object" ? strategy.fallback : undefined };
  }
}

function isRetryable(
  { retryable }: RetryStrategy<Fallback>,
  { error }: FailureFacts,
  verdict: RetryVerdict,
): boolean {
  if (retryable === undefined) return true;
  return typeof retryable === "function" ? verdict.isRetryable : retryable.includes(error.name);
}
