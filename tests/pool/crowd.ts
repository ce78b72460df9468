import { assertEquals } from "@std/assert";
import type { WorkerPool } from "../../faces/pool.ts";
import { arrive, ARRIVED, newLatches, reached, RELEASED } from "../routines/latches.ts";
import { executionsIn, neighbour, NEIGHBOURS, newExecutions } from "../routines/neighbours.ts";

/** Ten runs that are being executed, and go on when the test lets them. */
export interface Crowd {
  readonly latches: SharedArrayBuffer;
  /** Returns the number of executions of each so far. */
  readonly executions: () => number[];
  /** Lets them go on, and checks the effects of each and its number of executions. */
  readonly endsWell: (times: number) => Promise<void>;
}

/** Starts ten runs in a pool, and waits until all are being executed. */
export async function crowdIn(pool: WorkerPool): Promise<Crowd> {
  const latches = newLatches();
  const counters = newExecutions();
  const executions = () => executionsIn(counters);
  const ns = Array.from({ length: NEIGHBOURS }, (_, n) => n);
  const runs = ns.map((n) => pool.run(neighbour, "item", { latches, n, executions: counters }));
  await reached(latches, ARRIVED, NEIGHBOURS);
  return { latches, executions, endsWell };

  async function endsWell(times: number): Promise<void> {
    arrive(latches, RELEASED);
    const ends = await Promise.all(runs);
    const reported = ends.map(({ emits, sharedData, sharedLog }) => [
      ...emits.map(({ payload }) => payload),
      ...sharedData,
      ...sharedLog.map(({ data }) => data),
    ]);
    const ought = ns.map((n) => [
      2 * n,
      { key: "count", value: 1 },
      `${n} has begun`,
      `${n} goes on`,
    ]);
    assertEquals(reported, ought);
    assertEquals(executions(), ns.map(() => times));
  }
}
