import fc from "fast-check";
import { type JobPlan, type Plan, plans } from "../laws/plan.ts";
import { type Operation, operations } from "./operation.ts";

/** A round: a generated flow, and what is done to it while it runs. */
export interface RoundPlan {
  readonly seed: number;
  readonly plan: Plan;
  /** Milliseconds that the jobs which ask something wait for an answer; 0 for ever. */
  readonly asks: readonly number[];
  readonly operations: readonly Operation[];
  /** The number of JobEvents of a job between snapshots of the journal. */
  readonly snapshotEvery: number;
  /** `true` if the journal answers later, as a database server does. */
  readonly isLate: boolean;
}

/** The round of a seed, which is always the same. */
export function roundPlanOf(seed: number, isLate = false): RoundPlan {
  const round = fc.record({
    plan: plans({
      maxRoutines: 6,
      maxJobs: 6,
      maxBudget: 16,
      failing: true,
      flushing: true,
      lenient: true,
      crowded: true,
    }),
    asks: fc.array(fc.constantFrom(0, 5, 20), { minLength: 1, maxLength: 4 }),
    operations,
    snapshotEvery: fc.integer({ min: 1, max: 20 }),
  });
  const [sample] = fc.sample(round, { seed, numRuns: 1 });
  if (sample === undefined) throw new RangeError(`seed ${seed} gives no round`);
  return { seed, isLate, ...sample };
}

/** The numbers of the jobs of a round: first those of its plan, then those that ask. */
export function jobsOf({ plan, asks }: RoundPlan): readonly (JobPlan | number)[] {
  return [...plan.jobs, ...asks];
}
