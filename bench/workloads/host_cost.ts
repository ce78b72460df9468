import { cpuUsage } from "node:process";
import type { JobState } from "@millrace/flow";
import { MemoryStore } from "@millrace/flow/store";
import { ENTRY, fiveStages } from "../contenders/five_stages.ts";
import { InstantPool } from "../contenders/instant_pool.ts";
import { MemoryWatch } from "../harness/memory_watch.ts";
import { warmUp } from "../harness/repeat.ts";
import type { Workload } from "../harness/workload.ts";

const STAGES = 5;

/** The cost of a flow on its host alone. */
export const hostCost: Workload = {
  name: "host-cost",
  title: "Host of a flow",
  about:
    "10 thousand jobs of the five-stage flow with full history, on a pool that executes each stage at once, without workers and messages: the CPU time of the process once its code is optimized, and the memory that it holds at the end.",
  figures: [
    { key: "cpu", title: "CPU per activation", unit: "µs" },
    { key: "held", title: "held per activation", unit: "bytes" },
  ],
  cases: ["Millrace"],
  async open(_name, { quick }) {
    const count = quick ? 1_000 : 10_000;
    await warmUp(async () => {
      await using run = startFlow();
      await run.jobs(count);
      run.check();
    }, quick);
    return {
      async measure() {
        const watch = new MemoryWatch();
        await using run = startFlow();
        // The collection of garbage with which the watch begins drops optimized code as well.
        await run.jobs(count / 5);
        const before = cpuUsage();
        await run.jobs(count);
        const { user, system } = cpuUsage(before);
        const { held } = watch.end();
        run.check();
        const activations = count * STAGES;
        return { cpu: (user + system) / activations, held: held / (activations * 1.2) };
      },
      close: () => Promise.resolve(),
    };
  },
};

/** Starts a flow, and returns functions that run jobs and check all of them. */
function startFlow() {
  const store = new MemoryStore({ retention: { jobs: Infinity, events: Infinity } });
  const flow = fiveStages(new InstantPool(), store);
  const jobs: JobState[] = [];
  return {
    async jobs(count: number): Promise<void> {
      const running: Promise<JobState>[] = [];
      for (let i = 0; i < count; i++) {
        running.push(flow.start(ENTRY, jobs.length + i).waitForCompletion());
      }
      jobs.push(...await Promise.all(running));
    },
    check(): void {
      const wrong = jobs.findIndex((job, i) => job.sharedData.value !== i + STAGES);
      if (wrong >= 0) throw new Error(`job ${wrong} has a wrong result`);
    },
    [Symbol.asyncDispose]: () => flow.close(),
  };
}
