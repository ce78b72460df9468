/**
 * Runs 200 thousand activations of which 1% lose their worker and 1% run out of time, and sees that
 * memory and workers stay as they are: `deno task soak`, or `deno task soak --activations 5000`.
 *
 * @module
 */
import { Flow } from "@millrace/flow";
import { WorkerPool } from "@millrace/flow/pool";
import { MemoryStore } from "@millrace/flow/store";
import { parseArgs } from "@std/cli/parse-args";
import { delay } from "@std/async/delay";
import { bold, green, red } from "@std/fmt/colors";
import { counter, type Ending, unit } from "./routines.ts";
import { faultsIn, type Sample } from "./verdict.ts";

const MAX_WORKERS = 4, JOBS_AT_ONCE = 20, SAMPLES = 30;
/** A job that takes longer than this hangs. */
const HANGS_MS = 20_000;
const CRASHES: readonly Ending[] = ["closes", "exits", "throwsLate"];

/** Returns the ending of a job: one activation in a hundred loses its worker, and one is too slow. */
function endingOf(number: number): Ending {
  if (number % 50 === 17) return CRASHES[Math.floor(number / 50) % CRASHES.length] ?? "closes";
  return number % 50 === 37 ? "dawdles" : "well";
}

async function soak(activations: number): Promise<string[]> {
  const pool = new WorkerPool({ maxWorkers: MAX_WORKERS, grace: 500, onUncaught: () => {} });
  // Only a few jobs are stored, so that the store does not grow.
  const store = new MemoryStore({ retention: { jobs: 50 } });
  const flow = new Flow({ id: "soak", pool, store })
    .add("unit", unit, {
      runTimeout: 50,
      onError: { strategy: "retry", maxRetries: 5, delay: 0 },
    })
    .add("counter", counter)
    .connect("unit.done", "counter.number");
  const samples: Sample[] = [];
  const faults: string[] = [];
  const begin = performance.now();
  let given = 0, retries = 0, done = 0;

  // Each job is two activations: the unit, and the counter that it leads to.
  const runJobs = async () => {
    while (given < activations / 2) {
      const number = given++;
      const job = flow.start("unit.item", [number, endingOf(number)]);
      try {
        await job.waitForCompletion({ timeout: HANGS_MS });
      } catch (error) {
        const { executing, executionHistory } = job;
        const stats = pool.stats();
        console.error(error, Deno.inspect({ stats, executing, executionHistory }, { depth: 4 }));
        faults.push(`job ${number} (${endingOf(number)}) hangs`);
        given = activations;
        return;
      }
      retries += job.counts.retries;
      if (job.status !== "completed" || job.sharedData.count !== 1) {
        faults.push(`job ${number} (${endingOf(number)}) is ${job.status}: ${job.error?.message}`);
      }
      done += 2;
      if (samples.length < Math.floor(done * SAMPLES / activations)) samples.push(sample());
    }
  };
  const sample = (): Sample => {
    const { rss, heapUsed } = Deno.memoryUsage();
    const { live, lost } = pool.stats();
    const seen = { activations: done, rss: rss / 2 ** 20, heap: heapUsed / 2 ** 20, live, lost };
    const seconds = (performance.now() - begin) / 1_000;
    console.log(
      `${String(done).padStart(7)} activations  ${String(retries).padStart(5)} retries  ` +
        `rss ${seen.rss.toFixed(0).padStart(4)} MB  heap ${seen.heap.toFixed(1).padStart(5)} MB  ` +
        `${live} workers, ${lost} ending  ${seconds.toFixed(0)} s`,
    );
    return seen;
  };
  await Promise.all(Array.from({ length: JOBS_AT_ONCE }, runJobs));

  const expected = Array.from({ length: Math.ceil(activations / 2) }, (_, n) => endingOf(n))
    .filter((ending) => ending !== "well").length;
  if (retries < expected) faults.push(`${retries} retries for ${expected} failures`);
  faults.push(...faultsIn(samples, MAX_WORKERS));
  await flow.close();
  await pool.close();
  // Threads end when they end.
  for (let i = 0; i < 100 && pool.stats().lost > 0; i++) await delay(50);
  const { live, lost } = pool.stats();
  if (live + lost > 0) faults.push(`${live} workers and ${lost} threads are left`);
  return faults;
}

function readActivations(args: readonly string[]): number {
  const given = parseArgs([...args], { string: ["activations"] });
  const activations = Number(given.activations ?? 200_000);
  if (Number.isInteger(activations) && activations >= 200) return activations;
  console.error(`--activations is "${given.activations}"; give it a whole number from 200`);
  Deno.exit(2);
}

if (import.meta.main) {
  const faults = await soak(readActivations(Deno.args));
  if (faults.length === 0) console.log(bold(green("flat: memory and workers are as they were")));
  for (const fault of faults.slice(0, 20)) console.log(bold(red(fault)));
  Deno.exit(faults.length === 0 ? 0 : 1);
}
