// Writes a journal, with one job that has ended and one that executes until the standard input is closed.

import { Flow } from "@millrace/flow";
import { SqliteStore } from "@millrace/flow/sqlite";
import { double } from "./flows.ts";
import { patient } from "./patient.ts";

using store = new SqliteStore(Deno.args[0] ?? "");
await using flow = new Flow({ id: "numbers", store, maxWorkers: 1 })
  .add("double", double)
  .add("patient", patient);
await flow.execute("double.number", 1, { jobId: "done" });
const job = flow.start("patient.number", 1, { jobId: "waiting" });
for await (const { type } of flow.events({ jobId: "waiting", after: 0 })) {
  if (type === "activation_started") break;
}
await flow.flush();
console.log("executing");
for await (const _ of Deno.stdin.readable);
await flow.cancel(job).waitForCompletion();
console.log("done");
