// Emits with delays, prints when that is stored, and waits to be killed.

import { SqliteStore } from "@millrace/flow/sqlite";
import type { Delayed } from "../routines/delays.ts";
import { delaying } from "./delaying_flow.ts";

const { path, items }: { readonly path: string; readonly items: readonly Delayed[] } = JSON.parse(
  Deno.args[0] ?? "",
);
await using flow = delaying({ store: new SqliteStore(path) });
const events = flow.events();
flow.start("postpone.items", items, { jobId: "job" });
for await (const { type } of events) {
  if (type !== "activation_completed") continue;
  await flow.flush();
  console.log("stored");
}
