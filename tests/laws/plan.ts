import type { RoutinePolicy } from "@millrace/flow";
import type { FinalStrategy } from "@millrace/flow/types";
import fc from "fast-check";
import type { Behaviour, EventName, SlotName } from "./behaviour.ts";

/** A generated flow and the jobs to run through it. */
export interface Plan {
  /** The behaviour of its routines; they are called `r0`, `r1` and so on. */
  readonly routines: readonly RoutinePlan[];
  readonly wires: readonly Wire[];
  readonly jobs: readonly JobPlan[];
  /** The greatest number of activations that execute at once. */
  readonly limit: number;
  /** The greatest number of workers that execute them. */
  readonly workers: number;
}

/** A routine, and its policy. */
export interface RoutinePlan extends Behaviour {
  readonly policy: RoutinePolicy;
}

/** A connection between two routines. */
export interface Wire {
  readonly from: number;
  readonly event: EventName;
  readonly to: number;
  readonly slot: SlotName;
}

/** A job to start. */
export interface JobPlan {
  readonly routine: number;
  readonly slot: SlotName;
  readonly budget: number;
  readonly tag: number;
}

/** Properties of the generated flows. */
export interface PlanOptions {
  readonly maxRoutines?: number;
  readonly maxJobs?: number;
  readonly maxBudget?: number;
  readonly failing?: boolean;
  readonly dying?: boolean;
  readonly flushing?: boolean;
  readonly scribbling?: boolean;
  /** `true` if its routines are tried again, skipped and so on, instead of failing their job. */
  readonly lenient?: boolean;
  /** `true` if more may execute at once than there are workers. */
  readonly crowded?: boolean;
}

/** Generated flows: trees, rings, knots, with fan-out, fan-in and cycles. */
export function plans(options: PlanOptions = {}): fc.Arbitrary<Plan> {
  const { maxRoutines = 30, crowded } = options;
  const limits = fc.integer({ min: 1, max: crowded ? 12 : 4 });
  return fc.integer({ min: 1, max: maxRoutines }).chain((count) =>
    fc.record({
      behaviours: fc.array(behaviours(options), { minLength: count, maxLength: count }),
      wires: wiresAmong(count),
      jobs: jobsAmong(count, options),
      limit: limits,
      workers: crowded ? fc.integer({ min: 1, max: 3 }) : fc.constant(undefined),
    })
  ).map(({ behaviours, wires, jobs, limit, workers = limit }) => {
    const receivers = (from: number, event: EventName) =>
      wires.filter((wire) => wire.from === from && wire.event === event).length;
    const routines = behaviours.map((behaviour, from) => {
      return { ...behaviour, receivers: { x: receivers(from, "x"), y: receivers(from, "y") } };
    });
    return { routines, wires, jobs, limit, workers };
  });
}

/** The id of a routine of a plan. */
export function routineId(index: number): string {
  return `r${index}`;
}

/** The id of a job of a plan. */
export function jobId(index: number): string {
  return `j${index}`;
}

const events = fc.constantFrom<EventName>("x", "y");
const slots = fc.constantFrom<SlotName>("a", "b");

function behaviours(options: PlanOptions): fc.Arbitrary<RoutinePlan> {
  const { failing, dying, flushing, scribbling, lenient } = options;
  const never = fc.constant(0);
  const seldom = fc.oneof({ weight: 5, arbitrary: never }, fc.integer({ min: 5, max: 30 }));
  // Where a failure does not end the job, it can be had more often.
  const often = fc.oneof({ weight: 2, arbitrary: never }, fc.integer({ min: 1, max: 5 }));
  return fc.record({
    emits: fc.array(events, { minLength: 1, maxLength: 4, size: "max" }),
    receivers: fc.constant({ x: 0, y: 0 }),
    failsOn: failing ? (lenient ? often : seldom) : never,
    diesOn: dying ? seldom : never,
    healsAt: lenient ? fc.integer({ min: 1, max: 5 }) : fc.constant(Infinity),
    policy: lenient ? policies : fc.constant({}),
    takesMs: fc.constantFrom(0, 0, 0, 0, 1, 2),
    spins: fc.boolean(),
    scribbles: fc.constant(scribbling === true),
    flushes: flushing ? fc.boolean() : fc.constant(false),
  });
}

const final = fc.constantFrom<FinalStrategy>("stop", "continue", "skip");
const retry = fc.record({
  strategy: fc.constant("retry" as const),
  maxRetries: fc.nat(3),
  delay: fc.nat(1),
  then: final,
});
const policies: fc.Arbitrary<RoutinePolicy> = fc.oneof(
  fc.record({ onError: fc.oneof(final, retry) }),
  fc.record({ onError: fc.oneof(final, retry), optional: fc.constant(true) }),
  fc.record({ onError: fc.oneof(final, retry), critical: fc.constant(true) }),
);

function wiresAmong(count: number): fc.Arbitrary<Wire[]> {
  const routine = fc.nat(count - 1);
  const random = fc.array(
    fc.record({ from: routine, event: events, to: routine, slot: slots }),
    { minLength: count, maxLength: 2 * count, size: "max" },
  );
  // Random wires seldom make long ways, so most plans get a ring or a star as well.
  const all = Array.from({ length: count }, (_, i) => i);
  const ring = all.map((from): Wire => ({ from, event: "x", to: (from + 1) % count, slot: "a" }));
  const star = all.map((to): Wire => ({ from: 0, event: "y", to, slot: "b" }));
  return fc.tuple(
    fc.oneof({ weight: 5, arbitrary: random }, fc.constant([])),
    fc.constantFrom([], ring, ring, star, [...ring, ...star]),
  ).map(
    (parts) => {
      const byName = new Map(parts.flat().map((wire) => [Object.values(wire).join(), wire]));
      return [...byName.values()];
    },
  );
}

function jobsAmong(
  count: number,
  { maxJobs = 20, maxBudget = 32 }: PlanOptions,
): fc.Arbitrary<JobPlan[]> {
  return fc.array(
    fc.record({
      routine: fc.nat(count - 1),
      slot: slots,
      budget: fc.constantFrom(1, maxBudget >> 2, maxBudget >> 1, maxBudget),
      tag: fc.nat(2 ** 32 - 1),
    }),
    { minLength: 1, maxLength: maxJobs, size: "max" },
  );
}
