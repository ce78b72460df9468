import { FLOW_NAMES, loadFlow } from "../contenders/registry.ts";
import { timeOf, warmUp } from "../harness/repeat.ts";
import type { Workload } from "../harness/workload.ts";

const STAGES = 5, FEW = 4;

/** The five-stage flow, in which no stage does any work. */
export const flow: Workload = {
  name: "flow",
  title: "Flow of five stages",
  about:
    "Jobs run side by side through five stages that do next to nothing. Millrace runs every stage on a worker and keeps the full history; flowcraft and p-graph run in the process that calls them, and keep none.",
  figures: [
    { key: "few", title: "4 jobs", unit: "activations/s" },
    { key: "many", title: "10 thousand jobs", unit: "activations/s" },
  ],
  cases: FLOW_NAMES,
  async open(name, { maxWorkers, quick }) {
    const { version, start } = await loadFlow(name);
    const session = await start(maxWorkers);
    const jobs = quick ? 1_000 : 10_000;
    const run = (count: number) => async () => {
      const valuesOf = await session.runJobs(count);
      return () => {
        const values = valuesOf();
        const wrong = values.findIndex((value, i) => value !== i + STAGES);
        if (values.length !== count || wrong >= 0) {
          throw new Error(`job ${wrong} of ${values.length} ended with ${values[wrong]}`);
        }
      };
    };
    const rate = async (count: number, ms: number) =>
      count * STAGES / await timeOf(run(count), ms) * 1_000;

    await warmUp(run(jobs), quick);
    return {
      version,
      async measure() {
        await session.renew();
        const few = await rate(FEW, 200);
        await session.renew();
        const many = await rate(jobs, 0);
        return { few, many };
      },
      close: () => session.close(),
    };
  },
};
