import { basename } from "node:path";
import { bold, dim } from "@std/fmt/colors";

/** The number of functions that are printed for each thread. */
const MOST = 25;

/** Prints the functions that took most of the time, for each profile that `--cpu-prof` has written to a folder. */
export async function printProfiles(folder: string): Promise<void> {
  const files = [...Deno.readDirSync(folder)].map(({ name }) => name).sort((a, b) =>
    Number(a.includes("worker")) - Number(b.includes("worker")) || a.localeCompare(b)
  );
  for (const file of files) {
    const thread = /worker-\d+/.exec(file)?.[0] ?? "host";
    print(thread, selfTimes(JSON.parse(await Deno.readTextFile(`${folder}/${file}`))));
  }
}

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
