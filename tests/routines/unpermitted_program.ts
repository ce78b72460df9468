// A program without the permission to read, which every worker needs.

import { Flow } from "@millrace/flow";
import { WorkerPool } from "@millrace/flow/pool";
import { idler } from "./basics.ts";

await using pool = new WorkerPool({ maxWorkers: 2 });
await using flow = new Flow({ pool }).add("idler", idler).add("other", idler);
const asked: Record<string, () => Promise<unknown>> = {
  start: async () => (await flow.start("idler.go").waitForCompletion()).error,
  execute: () => flow.execute("idler.go"),
  preload: () => flow.preload(),
  validate: async () => (await flow.validate()).map(({ message }) => message).join(),
  run: () => pool.run(idler, "go"),
};
const result = await asked[Deno.args[0] ?? ""]?.().catch((error) => error);
console.log(String(result));
