// A program whose worker loops for ever, to see that it ends when its work does.

import { Flow } from "@millrace/flow";
import { WorkerPool } from "@millrace/flow/pool";
import { ARRIVED, newLatches, reached } from "../routines/latches.ts";
import { endless } from "./endless.ts";

const pool = new WorkerPool({ maxWorkers: 2, grace: 20 });
const latches = newLatches();
let error: unknown;
if (Deno.args[0] === "pool") {
  const controller = new AbortController();
  const { signal } = controller;
  const run = pool.run(endless, "go", { latches }, { signal }).catch((reason) => reason);
  await reached(latches, ARRIVED);
  controller.abort(new RangeError("enough"));
  error = await run;
  // The caller receives the reason at once, and the worker a moment later.
  while (pool.stats().lost === 0) await new Promise((resolve) => setTimeout(resolve, 5));
} else {
  const flow = new Flow({ pool }).add("endless", endless, { runTimeout: 100 });
  error = (await flow.execute("endless.go", { latches })).error;
  if (Deno.args[0] === "flow") await flow.close();
}
console.log(`${(error as Error).name}, lost ${pool.stats().lost}`);
if (Deno.args[0] !== "at once") await pool.close();
else void pool.close();
