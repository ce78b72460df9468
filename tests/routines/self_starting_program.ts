// A program of one file, which workers import for its routine: it runs its flow in each of them.

import { defineRoutine, Flow, slot } from "@millrace/flow";
import { WorkerPool } from "@millrace/flow/pool";

export const lonely = defineRoutine(import.meta, {
  slots: { n: slot<number>() },
  handlers: { n() {} },
});

const asked: Record<string, () => Promise<unknown>> = {
  async start() {
    await using flow = new Flow({ maxWorkers: 1 }).add("lonely", lonely);
    return (await flow.start("lonely.n", 1).waitForCompletion()).error;
  },
  async execute() {
    await using flow = new Flow({ maxWorkers: 1 }).add("lonely", lonely);
    return await flow.execute("lonely.n", 1);
  },
  async validate() {
    await using flow = new Flow({ maxWorkers: 1 }).add("lonely", lonely);
    return (await flow.validate()).map(({ place, message, fix }) => `${place}: ${message}; ${fix}`);
  },
  async run() {
    await using pool = new WorkerPool({ maxWorkers: 1 });
    return await pool.run(lonely, "n", 1);
  },
};
const isGuarded = Deno.args[1] === "guarded";
if (!isGuarded || import.meta.main) {
  const result = await asked[Deno.args[0] ?? ""]?.().catch((error) => error);
  if (import.meta.main) console.log(String(result));
  else if (result instanceof Error) throw result;
}
