/**
 * Profiles one case of a workload, host and workers, and prints the functions that took most of the
 * time.
 *
 *     deno run -A bench/profile.ts burst Millrace
 *
 * @module
 */
import { dim } from "@std/fmt/colors";
import { CaseProcess } from "./harness/case_process.ts";
import { calibrate } from "./harness/machine.ts";
import { printProfiles } from "./harness/print_profiles.ts";
import { loadWorkload } from "./workloads/registry.ts";

const ROUNDS = 5;

async function record(workloadName: string, caseName: string, folder: string): Promise<void> {
  const workload = loadWorkload(workloadName);
  const settings = { maxWorkers: 2, quick: false, loopsPerMs: calibrate() };
  const flags = ["--cpu-prof", `--cpu-prof-dir=${folder}`];
  const process = await CaseProcess.start(workload, caseName, settings, flags);
  for (let round = 0; round < ROUNDS; round++) {
    console.log(dim(Deno.inspect(await process.measure())));
  }
  await process.close();
}

const [workload = "burst", name = "Millrace"] = Deno.args;
const folder = await Deno.makeTempDir();
try {
  await record(workload, name, folder);
  await printProfiles(folder);
} finally {
  await Deno.remove(folder, { recursive: true });
}
