import type { RoutinePolicy } from "@millrace/flow";
import type { FallbackOf } from "@millrace/flow/types";
import fc from "fast-check";
import { isRetry } from "../../src/graph/policy.ts";
import type { habitual } from "./routines.ts";

/** A generated flow with policies, and the jobs to run through it. */
export interface Plan {
  readonly routines: readonly { readonly policy: Generated; readonly emits: number }[];
  /** Connections by the numbers of routines: of what they emit, and of what they fail at. */
  readonly wires: readonly {
    readonly from: number;
    readonly to: number;
    readonly isError: boolean;
  }[];
  /** Where each job starts, and how many activations it may lead to. */
  readonly jobs: readonly { readonly routine: number; readonly budget: number }[];
  readonly maxCrashes: number;
}

/** A policy whose fallback is a parcel. */
type Generated = RoutinePolicy<FallbackOf<typeof habitual.events>>;

const last = fc.constantFrom(
  "stop" as const,
  "continue" as const,
  "skip" as const,
  { strategy: "skip", fallback: { event: "out", payload: { budget: 1, tag: 0 } } } as const,
);

const strategy = fc.oneof(
  last,
  fc.record({
    strategy: fc.constant("retry" as const),
    maxRetries: fc.integer({ min: 0, max: 3 }),
    delay: fc.constantFrom(0, 0, 5),
    backoff: fc.constantFrom(1, 2),
    jitter: fc.constantFrom(0, 0.5),
    then: last,
  }),
);

/** Policies of all kinds. */
export const policies: fc.Arbitrary<Generated> = fc.record({
  onError: strategy,
  onErrorOf: fc.option(fc.record({ RangeError: strategy }), { nil: {} }),
  role: fc.constantFrom({}, {}, { critical: true }, { optional: true }),
  totalTimeout: fc.constantFrom(Infinity, 20),
}).map(({ role, ...policy }) => ({ ...policy, ...role }));

/** A function on which retries depend: for a flow to call, and never for the engine. */
function retryable(): boolean {
  throw new Error("the engine has called a user's function");
}

const asking: fc.Arbitrary<Generated> = fc.tuple(policies, fc.boolean()).map(
  ([policy, asks]) => {
    const { onError } = policy;
    return asks && isRetry(onError) ? { ...policy, onError: { ...onError, retryable } } : policy;
  },
);

/** Flows of a few routines: trees, rings and knots. */
export const plans: fc.Arbitrary<Plan> = fc.integer({ min: 1, max: 6 }).chain((count) =>
  fc.record({
    routines: fc.array(
      fc.record({ policy: asking, emits: fc.integer({ min: 0, max: 3 }) }),
      { minLength: count, maxLength: count },
    ),
    wires: fc.uniqueArray(
      fc.record({
        from: fc.nat(count - 1),
        to: fc.nat(count - 1),
        isError: fc.integer({ min: 0, max: 4 }).map((one) => one === 0),
      }),
      { maxLength: 2 * count, size: "max", selector: (wire) => Object.values(wire).join() },
    ),
    jobs: fc.array(
      fc.record({ routine: fc.nat(count - 1), budget: fc.integer({ min: 1, max: 16 }) }),
      { minLength: 1, maxLength: 8 },
    ),
    maxCrashes: fc.integer({ min: 1, max: 3 }),
  })
);
