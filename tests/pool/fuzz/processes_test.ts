import { assertEquals } from "@std/assert";
import { processes, startProcess } from "../process_worker.ts";
import { KINDS } from "./kinds.ts";
import { planOf } from "./plan.ts";
import { faultsOf } from "./round.ts";

const SEEDS = [1, 2], TASKS = 60;

/** The kinds of tasks that need no objects to be moved. */
const CARRIED = Object.keys(KINDS).filter((name) => {
  const { load } = KINDS[name] ?? {};
  return load !== "bytes" && load !== "port" && name !== "forges";
});

for (const seed of SEEDS) {
  Deno.test(`WorkerPool of processes ends each task once (seed ${seed})`, async () => {
    assertEquals(await faultsOf(planOf(seed, TASKS, CARRIED), startProcess), []);
    assertEquals(processes.size, 0);
  });
}
