// The process that is killed: goes on with the jobs of a campaign until they have ended.

import { SqliteStore } from "@millrace/flow/sqlite";
import { crashFlow, startJobs } from "./crash_flow.ts";
import { SnapshottingStore } from "./snapshotting_store.ts";

/** The orders of the process, passed as JSON. */
export interface Orders {
  readonly path: string;
  readonly diary: string;
  readonly seed: number;
  readonly synchronous: "normal" | "full";
  /** The number of commits from one snapshot to the next. */
  readonly snapshots: number;
}

/** The texts that it prints after each commit, and when all jobs have ended. */
export const COMMIT = ".", DONE = "done";

function print(text: string): void {
  Deno.stdout.writeSync(new TextEncoder().encode(text));
}

if (import.meta.main) {
  const { path, diary, seed, synchronous, snapshots }: Orders = JSON.parse(Deno.args[0] ?? "");
  const file = new SqliteStore(path, { synchronous });
  const store = new SnapshottingStore(file, snapshots, () => print(COMMIT));
  await using flow = crashFlow({ store, diary });
  await flow.recover();
  const jobs = startJobs(flow, seed);
  await Promise.all(jobs.map((job) => job.waitForCompletion()));
  print(DONE);
}
