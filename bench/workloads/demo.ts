import { denoRun, ROOT } from "../harness/deno_process.ts";
import type { Workload } from "../harness/workload.ts";

/** The part of the demo's results that is used. */
interface DemoResults {
  readonly summary: {
    readonly jobs: number;
    readonly completed: number;
    readonly wallMs: number;
    readonly lowerBoundMs: number;
    readonly ratio: number;
  };
}

/** The arguments of the demo, by the name of the case. */
const ARGUMENTS: Readonly<Record<string, readonly string[]>> = {
  "4 jobs on 2 workers": [],
  "40 jobs on 8 workers": ["--jobs", "40", "--max-workers", "8"],
  "1 job on 1 worker": ["--jobs", "1", "--max-workers", "1"],
};

/** The time after which a hanging demo is ended, in milliseconds. */
const HUNG_MS = 30_000;

/** The cases of {@linkcode demo}. */
export const DEMO_CASES = Object.keys(ARGUMENTS);

/** The concurrent demo. */
export const demo: Workload = {
  name: "demo",
  title: "The concurrent demo",
  about:
    "The wall time of the demo, against the least that its waiting can take: the greater of busy / workers and the longest job's own chain.",
  figures: [
    { key: "wall", title: "wall", unit: "ms" },
    { key: "bound", title: "lower bound", unit: "ms" },
    { key: "ratio", title: "wall against it", unit: "×" },
  ],
  cases: DEMO_CASES,
  maxRounds: 3,
  open(name) {
    return Promise.resolve({
      async measure() {
        const { summary } = await runDemo(ARGUMENTS[name] ?? []);
        if (summary.completed !== summary.jobs) {
          throw new Error(`${summary.completed} of ${summary.jobs} jobs completed`);
        }
        return { wall: summary.wallMs, bound: summary.lowerBoundMs, ratio: summary.ratio };
      },
      close: () => Promise.resolve(),
    });
  },
};

async function runDemo(options: readonly string[]): Promise<DemoResults> {
  const file = await Deno.makeTempFile({ suffix: ".json" });
  try {
    const { success, stderr } = await new Deno.Command(Deno.execPath(), {
      args: denoRun("examples/concurrent_demo/main.ts", "--json", file, ...options),
      cwd: ROOT,
      stdout: "null",
      stderr: "piped",
      signal: AbortSignal.timeout(HUNG_MS),
    }).output();
    if (!success) throw new Error(`the demo failed: ${new TextDecoder().decode(stderr)}`);
    return JSON.parse(await Deno.readTextFile(file));
  } finally {
    await Deno.remove(file);
  }
}
