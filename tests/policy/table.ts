// Every combination of a policy, and the outcome of each.

import type * as millrace from "@millrace/flow";
import type * as types from "@millrace/flow/types";

/** The fallback of a routine. */
type Spare = { readonly event: "spare"; readonly payload: string };
type FinalStrategy = types.FinalStrategy<Spare>;
type Strategy = millrace.Strategy<Spare>;
/** A policy of a flow. */
export type Policy = millrace.Policy<Spare>;
/** A policy of a routine. */
export type RoutinePolicy = millrace.RoutinePolicy<Spare>;

/** The end of a job, or of its routine, when an activation has failed for good. */
export type End = "stop" | "continue" | "skip" | "fallback";

/** The roles of a routine in its job. */
export const ROLES = {
  plain: {},
  critical: { critical: true },
  optional: { optional: true },
} as const;

/** A role. */
export type Role = keyof typeof ROLES;

/** The strategies, and how each ends for a routine that is plain, critical or optional. */
export const STRATEGIES: readonly {
  readonly name: string;
  readonly strategy: FinalStrategy | undefined;
  readonly ends: Readonly<Record<Role, End>>;
}[] = [
  {
    name: "unset",
    strategy: undefined,
    ends: { plain: "stop", critical: "stop", optional: "continue" },
  },
  {
    name: "stop",
    strategy: "stop",
    ends: { plain: "stop", critical: "stop", optional: "continue" },
  },
  {
    name: "continue",
    strategy: "continue",
    ends: { plain: "continue", critical: "stop", optional: "continue" },
  },
  {
    name: "skip",
    strategy: "skip",
    ends: { plain: "skip", critical: "stop", optional: "skip" },
  },
  {
    name: "skip object",
    strategy: { strategy: "skip" },
    ends: { plain: "skip", critical: "stop", optional: "skip" },
  },
  {
    name: "skip with a fallback",
    strategy: { strategy: "skip", fallback: { event: "spare", payload: "a spare" } },
    ends: { plain: "fallback", critical: "stop", optional: "fallback" },
  },
];

/** The numbers of retries and of failures: no retries, enough, too few. */
export const RETRIES = [
  { name: "without a retry", maxRetries: undefined, fails: 1, attempts: 1, isSpent: true },
  { name: "with a retry left", maxRetries: 2, fails: 2, attempts: 3, isSpent: false },
  { name: "with its retries spent", maxRetries: 2, fails: 9, attempts: 3, isSpent: true },
  { name: "with no retries at all", maxRetries: 0, fails: 1, attempts: 1, isSpent: true },
] as const;

/** The places of a policy, against a contrary one elsewhere. */
export const PLACES: readonly {
  readonly name: string;
  /** `true` if something else would apply if nothing were said. */
  readonly isOver: boolean;
  say(strategy: Strategy | undefined, contrary: Strategy): { routine: Policy; flow: Policy };
}[] = [
  {
    name: "of the routine",
    isOver: false,
    say: (strategy) => ({ routine: onError(strategy), flow: {} }),
  },
  {
    name: "of the flow",
    isOver: false,
    say: (strategy) => ({ routine: {}, flow: onError(strategy) }),
  },
  {
    name: "of the routine, over that of the flow",
    isOver: true,
    say: (strategy, contrary) => ({ routine: onError(strategy), flow: onError(contrary) }),
  },
  {
    name: "of the routine, over that of the flow for its kind of error",
    isOver: true,
    say: (strategy, contrary) => ({ routine: onError(strategy), flow: ofKind(contrary) }),
  },
  {
    name: "of the routine, for its kind of error",
    isOver: true,
    say: (strategy, contrary) => ({
      routine: { ...onError(contrary), ...ofKind(strategy) },
      flow: {},
    }),
  },
  {
    name: "of the flow, for its kind of error",
    isOver: true,
    say: (strategy, contrary) => ({
      routine: {},
      flow: { ...onError(contrary), ...ofKind(strategy) },
    }),
  },
  {
    name: "of the routine, beside one for another kind of error",
    isOver: false,
    say: (strategy, contrary) => ({
      routine: { ...onError(strategy), onErrorOf: { TypeError: contrary, toString: contrary } },
      flow: {},
    }),
  },
];

/** A strategy that tries again, then does as another says. */
export function retrying(then: FinalStrategy | undefined, maxRetries: number): Strategy {
  return { strategy: "retry", maxRetries, delay: 0, ...then !== undefined && { then } };
}

/** The policy of a routine in a role. */
export function inRole(policy: Policy, role: Role): RoutinePolicy {
  return { ...policy, ...ROLES[role] };
}

function onError(strategy: Strategy | undefined): Policy {
  return strategy === undefined ? {} : { onError: strategy };
}

function ofKind(strategy: Strategy | undefined): Policy {
  return strategy === undefined ? {} : { onErrorOf: { RangeError: strategy } };
}
