// Reads the file of a process that writes it.

import { replay } from "@millrace/flow/events";
import { SqliteStore } from "@millrace/flow/sqlite";

const [path = ""] = Deno.args;
using store = new SqliteStore(path, { readOnly: true });
const ids = (jobs: { jobId: string }[]) => jobs.map(({ jobId }) => jobId).join(" ") || "none";
const load = (jobId: string) => replay(store.read(jobId)?.events ?? []);

console.log("all:", store.jobs().map(({ jobId, status }) => `${jobId} ${status}`).join(", "));
console.log("failed:", ids(store.jobs({ status: ["failed", "cancelled"] })));
console.log("the newest:", ids(store.jobs({ limit: 1 })));
console.log("since then:", ids(store.jobs({ since: Date.now() + 1_000 })));
console.log("loaded:", load("completed").status, load("completed").sharedData.keep);
console.log("error:", load("failed").error?.message);
try {
  new SqliteStore(path).close();
} catch (error) {
  console.log("writing:", (error as Error).name);
}
