import { WorkerPool, type WorkerPoolOptions } from "@millrace/flow/pool";
import fc from "fast-check";
import { type Plan, plans } from "./plan.ts";
import { type Disturbance, type Ran, runPlan } from "./run_plan.ts";
import { workerRuns } from "./runs.ts";

/** Generates flows for a kind of workers. */
export type Generate = typeof plans;

/** The number of activations that execute at once where a worker executes several. */
const CONCURRENCY = 12;

/** Where a worker that dies takes others with it, most of the time is spent on new workers. */
const FEW = { maxJobs: 6, maxBudget: 12 };

/**
 * Registers the test of a law twice: for workers that execute one activation at a time, and for those that
 * execute several.
 *
 * @param check Given the pool, and the generator of flows for it.
 */
export function law(
  name: string,
  options: WorkerPoolOptions,
  check: (pool: WorkerPool, generate: Generate) => Promise<void>,
): void {
  for (const kind of kindsOf(options)) {
    Deno.test(`${name}${kind.suffix}`, async () => {
      await using pool = new WorkerPool(kind.options);
      await check(pool, kind.plans);
    });
  }
}

/** A generated flow that was run, and all that came of it. */
export interface PlannedRun extends Ran {
  readonly plan: Plan;
  /** The greatest number of activations that a worker executes at once. */
  readonly strands: number;
}

/** The runs that several laws share. */
export interface SharedRuns {
  readonly options: WorkerPoolOptions;
  readonly count: number;
  /** Generates the flows. */
  readonly flows: (generate: Generate) => fc.Arbitrary<Plan>;
  /** Generates what is done to their jobs. */
  readonly disturbances: fc.Arbitrary<Disturbance[]>;
}

/**
 * Registers the tests of laws that hold for the same flows, each twice, as `law` does. The flows are run
 * once, by the first of the tests, and each law is checked for all of them.
 *
 * @param laws The check of each law, by its name.
 */
export function laws(
  { options, count, flows, disturbances }: SharedRuns,
  laws: Readonly<Record<string, (run: PlannedRun) => void>>,
): void {
  for (const kind of kindsOf(options)) {
    const { seed = Math.floor(Math.random() * 2 ** 31), ...runs } = workerRuns(count);
    const runAll = async () => {
      await using pool = new WorkerPool(kind.options);
      const done: PlannedRun[] = [];
      const strands = pool.concurrency / pool.maxWorkers;
      const property = fc.asyncProperty(flows(kind.plans), disturbances, async (plan, what) => {
        done.push({ plan, strands, ...await runPlan(plan, pool, what) });
      });
      await fc.assert(property, { ...runs, seed });
      return done;
    };
    let shared: Promise<PlannedRun[]> | undefined;
    for (const [name, check] of Object.entries(laws)) {
      Deno.test(`${name}${kind.suffix}`, async () => {
        for (const [i, run] of (await (shared ??= runAll())).entries()) {
          try {
            check(run);
          } catch (cause) {
            throw new Error(`run ${i} of LAWS_SEED=${seed}`, { cause });
          }
        }
      });
    }
  }
}

function kindsOf(options: WorkerPoolOptions) {
  const crowded: Generate = (options) =>
    plans({ ...options, ...options?.dying && FEW, crowded: true });
  return [
    { suffix: "", options, plans },
    {
      suffix: ` at concurrency ${CONCURRENCY}`,
      options: { ...options, concurrency: CONCURRENCY },
      plans: crowded,
    },
  ] as const;
}
