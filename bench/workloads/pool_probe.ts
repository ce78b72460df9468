import type { Session, StartOptions } from "../contenders/contender.ts";
import { loadPool } from "../contenders/registry.ts";
import type { Probe, Sample, Settings } from "../harness/workload.ts";

/**
 * Starts a pool contender as a probe. `prepare` warms it up, and returns the function that
 * measures.
 */
export async function poolProbe(
  name: string,
  { maxWorkers }: Settings,
  tasks: StartOptions["tasks"],
  prepare: (session: Session) => Promise<() => Promise<Sample>>,
): Promise<Probe> {
  const { start, version } = await loadPool(name);
  const session = await start({ maxWorkers, tasks });
  return { version, measure: await prepare(session), close: () => session.close() };
}
