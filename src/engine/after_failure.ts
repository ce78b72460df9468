// Decides by the policy of its routine whether a failed activation is retried, and when. Called by
// `decide_failure.ts` and `retry_question.ts`; the flow's `RetryJudge` calls the user's functions that have to
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
 * @param verdict The answers of the user's functions that {@linkcode retryFunctions} has returned. Without them,
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
  const dueAt = retryDueAt(strategy, facts, verdict);
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

/** The user's functions that decide about one failure. */
export interface RetryFunctions {
  /** Decides if the error is retried; absent if no function does. */
  readonly retryable: Extract<RetryStrategy["retryable"], (error: Error) => boolean> | undefined;
  /** Returns the delay, in milliseconds; absent if it is regular. */
  readonly delay: Extract<RetryStrategy["delay"], (...args: never[]) => number> | undefined;
  /** The number of attempts that have failed, from 1. */
  readonly attempt: number;
}

/** The answers of a user's functions for one error. */
export interface RetryVerdict {
  /** `true` if the error may be retried. */
  readonly isRetryable: boolean;
  /** The delay, in milliseconds, if a function has returned one. */
  readonly delay?: number;
  /** The error that a function threw instead of an answer. */
  readonly thrown?: SerializedError;
}

/**
 * Returns the user's functions whose answers are needed to determine the consequence of a failure.
 *
 * @param policy The policy of the routine.
 * @param facts The failure.
 * @returns The functions; `undefined` if none is needed.
 */
export function retryFunctions(
  policy: EffectivePolicy,
  facts: FailureFacts,
): RetryFunctions | undefined {
  const strategy = policy.strategyFor(facts.error.name);
  if (!isRetry(strategy) || !hasRetries(strategy, facts)) return undefined;
  const retryable = typeof strategy.retryable === "function" ? strategy.retryable : undefined;
  const delay = typeof strategy.delay === "function" ? strategy.delay : undefined;
  if (retryable === undefined && delay === undefined) return undefined;
  if (delay === undefined && retryDueAt(strategy, facts) === undefined) return undefined;
  return { retryable, delay, attempt: facts.retries + 1 };
}

function hasRetries({ maxRetries = 3 }: RetryStrategy<Fallback>, facts: FailureFacts): boolean {
  return !facts.isLast && facts.retries < maxRetries;
}

/** Returns the time of the next attempt; `undefined` if there is none. */
function retryDueAt(
  strategy: RetryStrategy<Fallback>,
  facts: FailureFacts,
  verdict?: RetryVerdict,
): number | undefined {
  if (!hasRetries(strategy, facts)) return undefined;
  const delay = typeof strategy.delay === "function"
    ? verdict?.delay
    : retryAfterOf(facts.error) ?? retryDelay(strategy, facts.retries + 1, facts.chance);
  const dueAt = facts.at + (delay ?? Infinity);
  return dueAt < facts.until ? dueAt : undefined;
}

/** Returns the time after which an error asks to be retried, in milliseconds, if it does. */
function retryAfterOf({ fields }: SerializedError): number | undefined {
  const { retryAfter } = fields ?? {};
  return typeof retryAfter === "number" && retryAfter >= 0 ? retryAfter : undefined;
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
  if (verdict.thrown !== undefined) return false;
  if (retryable === undefined) return true;
  return typeof retryable === "function" ? verdict.isRetryable : retryable.includes(error.name);
}
