import type { JobState } from "@millrace/flow";
import { WorkerPool } from "@millrace/flow/pool";
import { MemoryStore } from "@millrace/flow/store";
import config from "../../deno.json" with { type: "json" };
import type { FlowContender } from "./contender.ts";
import { ENTRY, fiveStages } from "./five_stages.ts";

/** Runs on workers, with the full history of every job, as the store drops nothing. */
export const contender: FlowContender = {
  version: config.version,
  start(maxWorkers) {
    const pool = new WorkerPool({ maxWorkers, idleTimeout: Infinity });
    let flow = fiveStages(pool, keepAll());
    return Promise.resolve({
      // A flow holds its jobs, so each run gets a new flow.
      async renew() {
        await flow.close();
        flow = fiveStages(pool, keepAll());
      },
      async runJobs(count) {
        const running: Promise<JobState>[] = [];
        for (let i = 0; i < count; i++) {
          running.push(flow.start(ENTRY, i).waitForCompletion());
        }
        const jobs = await Promise.all(running);
        return () => {
          // The jobs that ended first would be dropped first.
          jobs.slice(0, 100).forEach(checkHistory);
          if (flow.jobs.size < count) throw new Error(`only ${flow.jobs.size} jobs are kept`);
          return jobs.map((job) => job.sharedData.value);
        };
      },
      async close() {
        await flow.close();
        await pool.close();
      },
    });
  },
};

function keepAll(): MemoryStore {
  return new MemoryStore({ retention: { jobs: Infinity, events: Infinity } });
}

function checkHistory({ jobId, executionHistory }: JobState): void {
  for (const event of ["queued", "started", "completed"]) {
    const count = executionHistory.filter((record) => record.event === event).length;
    if (count !== 5) throw new Error(`job ${jobId} has ${count} records of "${event}"`);
  }
}
