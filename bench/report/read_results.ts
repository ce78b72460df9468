import type { Results, WorkloadResult } from "../harness/results.ts";
import type { Spread } from "../harness/stats.ts";

/** Reads the results of a run, by default the committed ones. */
export async function readResults(file = "bench/results/latest.json"): Promise<Results> {
  return JSON.parse(await Deno.readTextFile(file));
}

/** Finds a workload in the results. */
export function findWorkload(results: Results, name: string): WorkloadResult | undefined {
  return results.workloads.find((workload) => workload.name === name);
}

/** Finds a figure of a case. */
export function findFigure(
  results: Results,
  workload: string,
  name: string,
  key: string,
): Spread | undefined {
  const cases = findWorkload(results, workload)?.cases;
  return cases?.find((found) => found.name === name)?.figures[key];
}

/** Describes the machine and the command of results, in one line. */
export function originOf({ command, date, machine, rounds, maxWorkers }: Results): string {
  const { cpu, cores, system, deno } = machine;
  return `\`${command}\`, ${
    date.slice(0, 10)
  }: ${cpu}, ${cores} cores, ${system}, Deno ${deno}; ${maxWorkers} workers each, medians of ${rounds} rounds`;
}
