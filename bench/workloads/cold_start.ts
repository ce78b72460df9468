import { loadPool, POOL_NAMES } from "../contenders/registry.ts";
import { denoRun, ROOT } from "../harness/deno_process.ts";
import { medianOf } from "../harness/stats.ts";
import type { Workload } from "../harness/workload.ts";

/** Deno itself, with no pool. */
const ALONE = "Deno alone";

/** The time after which a hanging program is ended, in milliseconds. */
const HUNG_MS = 20_000;

/** Measures the time from the start of a program to its first result. */
export const coldStart: Workload = {
  name: "cold",
  title: "Cold start",
  about:
    "From the start of a program to the first result of a worker, in a new process each time; and of a program that prints without any worker.",
  figures: [{ key: "first", title: "first result after", unit: "ms" }],
  cases: [...POOL_NAMES, ALONE],
  async open(name, { quick }) {
    const version = name === ALONE ? Deno.version.deno : (await loadPool(name)).version;
    // The first start fills the caches.
    await firstResultOf(name);
    return {
      version,
      async measure() {
        const times: number[] = [];
        for (let i = 0; i < (quick ? 1 : 3); i++) times.push(await firstResultOf(name));
        return { first: medianOf(times) };
      },
      close: () => Promise.resolve(),
    };
  },
};

async function firstResultOf(name: string): Promise<number> {
  const program = name === ALONE ? "bench/workloads/cold_alone.ts" : "bench/workloads/cold_pool.ts";
  const command = new Deno.Command(Deno.execPath(), {
    args: denoRun(program, name),
    cwd: ROOT,
    stdin: "null",
    stdout: "piped",
    stderr: "null",
    signal: AbortSignal.timeout(HUNG_MS),
  });
  const startedAt = performance.now();
  const process = command.spawn();
  const reader = process.stdout.getReader();
  const { value } = await reader.read();
  const taken = performance.now() - startedAt;
  await process.status;
  const said = new TextDecoder().decode(value).trim();
  if (said !== "2") throw new Error(`the first result was "${said}"`);
  return taken;
}
