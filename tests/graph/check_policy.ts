import { checkOptions } from "../../src/data/options.ts";
import { checkOptional, ROUTINE_POLICY } from "../../src/graph/check_policy.ts";
import type { RoutinePolicy } from "../../src/graph/policy.ts";

/** Checks a policy, as `flow.add` does. */
export function checkPolicy(policy: RoutinePolicy): void {
  checkOptions("a policy", policy, ROUTINE_POLICY);
  checkOptional(policy);
}
