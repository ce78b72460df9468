// Feeds a job of a journal, goes on with it if an earlier process has begun, and prints a mark for each commit. The
// source stands still before an item, if one is given, so that the process can be killed then.

import { Flow } from "@millrace/flow";
import { SqliteStore } from "@millrace/flow/sqlite";
import { taker } from "../routines/feeding.ts";

const [path = "", size = "0", kind = "function", stop = size] = Deno.args;
using store = new SqliteStore(path);
await using flow = new Flow({ id: "feeding", store, maxWorkers: 1, highWaterMark: 50 })
  .add("taker", taker);

async function* items(from: number) {
  for (let item = from; item < Number(size); item++) {
    if (item % 10 === 0) await new Promise((goOn) => setTimeout(goOn));
    if (item === Number(stop)) await new Promise(() => {});
    yield item;
  }
}

const events = flow.events({ jobId: "job" });
const source = kind === "function" ? items : items(0);
flow.feed("taker.item", source, { jobId: "job" });
for await (const { type } of events) {
  if (type === "activation_completed") Deno.stdout.writeSync(new TextEncoder().encode("+"));
}
