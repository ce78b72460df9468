// A program whose worker loops for ever, to see that it ends when its work does.

import { Flow, WorkerPool } from "@millrace/flow";
import { endless } from "./endless.ts";

const pool = new WorkerPool({ maxWorkers: 2, grace: 20 });
let error: unknown;
if (Deno.args[0] === "pool") {
  error = await pool.run(endless, "go", undefined, { timeout: 100 }).catch((reason) => reason);
  // The caller is told at once, and the worker a moment later.
  while (pool.stats().lost === 0) await new Promise((resolve) => setTimeout(resolve, 5));
} else {
  const flow = new Flow({ pool }).add("endless", endless, { runTimeout: 100 });
  error = (await flow.execute("endless.go")).error;
  if (Deno.args[0] === "flow") await flow.close();
}
console.log(`${(error as Error).name}, lost ${pool.stats().lost}`);
if (Deno.args[0] !== "at once") await pool.close();
else void pool.close();
