// A process that recovers the jobs of a file, so that its memory is used only by the recovery.

import { SqliteStore } from "@millrace/flow/sqlite";
import { MemoryWatch } from "../harness/memory_watch.ts";
import { fiveStages, manyItems } from "./flows.ts";

/** The measurements of the process. */
export interface Recovered {
  /** The time of `flow.recover()`, including opening the file, in seconds. */
  readonly seconds: number;
  /** The memory of the recovered jobs, in bytes. */
  readonly held: number;
  /** The maximum memory of the process, in bytes. */
  readonly peak: number;
  readonly jobs: number;
  /** The number of jobs that completed after the recovery. */
  readonly ended: number;
}

if (import.meta.main) {
  const [kind, path = ""] = Deno.args;
  const watch = new MemoryWatch();
  const startedAt = performance.now();
  const store = new SqliteStore(path);
  await using flow = kind === "jobs" ? fiveStages(store) : manyItems(store);
  // No activation may begin before the memory was measured.
  flow.pause();
  const jobs = await flow.recover();
  const seconds = (performance.now() - startedAt) / 1_000;
  const { peak, held } = watch.end();
  flow.resume();
  await Promise.all(jobs.map((job) => job.waitForCompletion()));
  const ended = jobs.filter(({ status }) => status === "completed").length;
  const found: Recovered = { seconds, held, peak, jobs: jobs.length, ended };
  console.log(JSON.stringify(found));
}
