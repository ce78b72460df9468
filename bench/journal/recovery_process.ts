// A new process that recovers the jobs of a file, so that its memory is that of the recovery alone.

import { SqliteStore } from "@millrace/flow/sqlite";
import { MemoryWatch } from "../harness/memory_watch.ts";
import { fiveStages, manyItems } from "./flows.ts";

/** What the process found. */
export interface Recovered {
  /** How long `flow.recover()` took, from opening the file. */
  readonly seconds: number;
  /** Bytes that the jobs take when they have been recovered. */
  readonly held: number;
  /** The most bytes that the process had. */
  readonly peak: number;
  readonly jobs: number;
  /** JobEvents that were read. */
  readonly ended: number;
}

if (import.meta.main) {
  const [kind, path = ""] = Deno.args;
  const watch = new MemoryWatch();
  const startedAt = performance.now();
  const store = new SqliteStore(path);
  await using flow = kind === "jobs" ? fiveStages(store) : manyItems(store);
  // Nothing is to begin before the memory was looked at.
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
