/**
 * Profiles one case of a workload, host and workers, and prints the functions that took most of the
 * time.
 *
 *     deno run -A bench/profile.ts burst Millrace
 *
 * @module
 */
import { basename } from "node:path";
import { bold, dim } from "@std/fmt/colors";
import { CaseProcess } from "./harness/case_process.ts";
import { calibrate } from "./harness/machine.ts";
import { loadWorkload } from "./workloads/registry.ts";

const ROUNDS = 5, MOST = 25;

/** The part of a `.cpuprofile` that is used. */
interface Profile {
  readonly nodes: readonly {
    readonly id: number;
    readonly callFrame: {
      readonly functionName: string;
      readonly url: string;
      readonly lineNumber: number;
    };
  }[];
  readonly samples: readonly number[];
  readonly timeDeltas: readonly number[];
}

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

/** Returns the time of each function without the functions that it called, in milliseconds. */
function selfTimes({ nodes, samples, timeDeltas }: Profile): Map<string, number> {
  const names = new Map(nodes.map(({ id, callFrame: { functionName, url, lineNumber } }) => {
    const place = url === "" ? "" : dim(` ${basename(url)}:${lineNumber + 1}`);
    return [id, `${functionName || "(anonymous)"}${place}`];
  }));
  const times = new Map<string, number>();
  samples.forEach((id, i) => {
    const name = names.get(id) ?? "?";
    times.set(name, (times.get(name) ?? 0) + (timeDeltas[i] ?? 0) / 1_000);
  });
  return times;
}

function print(thread: string, times: Map<string, number>): void {
  const all = [...times.values()].reduce((sum, ms) => sum + ms, 0);
  console.log(`\n${bold(thread)}, ${all.toFixed(0)} ms`);
  const most = [...times].sort(([, a], [, b]) => b - a).slice(0, MOST);
  for (const [name, ms] of most) {
    console.log(`${(ms / all * 100).toFixed(1).padStart(6)}%  ${name}`);
  }
}

const [workload = "burst", name = "Millrace"] = Deno.args;
const folder = await Deno.makeTempDir();
try {
  await record(workload, name, folder);
  const files = [...Deno.readDirSync(folder)].map(({ name }) => name).sort((a, b) =>
    Number(a.includes("worker")) - Number(b.includes("worker")) || a.localeCompare(b)
  );
  for (const file of files) {
    const thread = /worker-\d+/.exec(file)?.[0] ?? "host";
    print(thread, selfTimes(JSON.parse(await Deno.readTextFile(`${folder}/${file}`))));
  }
} finally {
  await Deno.remove(folder, { recursive: true });
}
