import { WorkerPool } from "@millrace/flow/pool";
import { FuzzedFlow } from "./fuzzed_flow.ts";
import { judge } from "./judge.ts";
import type { RoundPlan } from "./round_plan.ts";

/** Jobs that have not ended after this many milliseconds never will. */
const SETTLED_MS = 60_000;

/**
 * Executes a round.
 *
 * @param round The round.
 * @param settledMs Milliseconds after which its jobs are to have ended.
 * @returns All that went wrong.
 */
export async function executeRound(round: RoundPlan, settledMs = SETTLED_MS): Promise<string[]> {
  const { workers, limit } = round.plan;
  await using pool = new WorkerPool({ maxWorkers: workers, concurrency: Math.max(workers, limit) });
  await using fuzzed = new FuzzedFlow(round, pool);
  try {
    for (const operation of round.operations) await fuzzed.apply(operation);
    await fuzzed.finish(settledMs);
    await fuzzed.flow.flush();
  } catch (error) {
    return [`${(error as Error).stack ?? error}`];
  }
  return judge(round, fuzzed);
}
