import { dashboard } from "@millrace/flow/dashboard";
import { monitor } from "@millrace/flow/monitor";
import { WorkerPool } from "@millrace/flow/pool";
import { MemoryStore } from "@millrace/flow/store";
import { LiveBlock } from "../../src/monitor/live_block.ts";
import { LiveRenderer } from "../../src/monitor/live_renderer.ts";
import { LiveArea } from "../../src/terminal/live_area.ts";
import { Palette } from "../../src/terminal/palette.ts";
import { denoRun, ROOT } from "../harness/deno_process.ts";
import { medianOf, type Spread, spreadOf } from "../harness/stats.ts";
import { fiveStages, STAGES } from "../journal/flows.ts";

/** The views that are attached to a measured flow. */
export const VIEWS = ["none", "monitor", "dashboard", "both"] as const;

/** One of these. */
export type View = typeof VIEWS[number];

/** The activations per second with a view attached, and their ratio to those without. */
export interface Throughput {
  readonly view: View;
  readonly rate: Spread;
  readonly ratio: number;
}

/** A flow whose views are attached. */
interface Watched extends AsyncDisposable {
  /** Runs jobs, and returns the activations per second. */
  run(jobs: number): Promise<number>;
}

/**
 * Measures the five-stage flow with each view in turns, as the speed of the machine varies: a ratio compares two runs
 * of one turn.
 *
 * @param jobs The number of concurrent jobs in each run.
 * @param rounds The number of turns.
 */
export async function measureThroughput(jobs: number, rounds: number): Promise<Throughput[]> {
  await using pool = new WorkerPool({ maxWorkers: 2, idleTimeout: Infinity });
  const rates = new Map<View, number[]>(VIEWS.map((view) => [view, []]));
  for (let round = -2; round < rounds; round++) {
    const first = (round + 2) % VIEWS.length;
    for (const view of [...VIEWS.slice(first), ...VIEWS.slice(0, first)]) {
      await using watched = await watch(pool, view);
      const rate = await watched.run(jobs);
      // The first rounds let the code be optimized.
      if (round >= 0) rates.get(view)?.push(rate);
    }
  }
  const none = rates.get("none") ?? [];
  return [...rates].map(([view, all]) => ({
    view,
    rate: spreadOf(all),
    ratio: medianOf(all.map((rate, i) => rate / (none[i] ?? NaN))),
  }));
}

async function watch(pool: WorkerPool, view: View): Promise<Watched> {
  const store = new MemoryStore({ retention: { jobs: Infinity, events: Infinity } });
  const flow = fiveStages(store, pool);
  const stack = new AsyncDisposableStack();
  stack.use(flow);
  if (view === "monitor" || view === "both") stack.use(monitor(flow, { renderer: live() }));
  if (view === "dashboard" || view === "both") {
    const { url } = stack.use(dashboard(flow, { port: 0 }));
    stack.defer(await look(url));
  }
  return {
    async run(jobs) {
      const begun = performance.now();
      const running = Array.from(
        { length: jobs },
        (_, i) => flow.start("first.input", i).waitForCompletion(),
      );
      await Promise.all(running);
      return jobs * STAGES / (performance.now() - begun) * 1_000;
    },
    [Symbol.asyncDispose]: () => stack.disposeAsync(),
  };
}

/** Returns the live renderer, which draws on a terminal that shows nothing. */
function live(): LiveRenderer {
  const terminal = { write: () => {}, size: () => ({ columns: 100, rows: 40 }) };
  const block = new LiveBlock(new Palette(true));
  return new LiveRenderer(new LiveArea(terminal), (snapshot, size) => block.lines(snapshot, size));
}

/** Looks at a dashboard from another process, as a browser does; returns a function that ends that. */
async function look(url: string): Promise<() => Promise<void>> {
  const process = new Deno.Command(Deno.execPath(), {
    args: denoRun("bench/views/viewer.ts", url),
    cwd: ROOT,
    stdout: "piped",
  }).spawn();
  const reader = process.stdout.getReader();
  await reader.read();
  return async () => {
    process.kill();
    await reader.cancel();
    await process.status;
  };
}
