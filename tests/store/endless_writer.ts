// Appends events to three jobs in turn, and prints the number of each append that was acknowledged.
import {
  completed,
  jobAfter,
  SAMPLE_FLOW,
  started,
} from "../../src/store/conformance/sample_events.ts";
import { SqliteStore } from "../../src/store/sqlite_store.ts";

const [path = "", synchronous = "normal"] = Deno.args;
const store = new SqliteStore(path, {
  synchronous: synchronous as "normal",
  retention: { events: 9 },
});
store.open(SAMPLE_FLOW);
const jobs = ["a", "b", "c"];
if (store.jobs().length === 0) store.append(jobs.map((jobId) => started(jobId)));
let seq = store.read("a")?.events.at(-1)?.seq ?? 0;
console.log(seq);
while (true) {
  seq += 2;
  store.append(jobs.flatMap((jobId) => [completed(jobId, seq - 1), completed(jobId, seq)]));
  Deno.stdout.writeSync(new TextEncoder().encode(`${seq}\n`));
  if (seq % 20 === 1) store.snapshot(jobAfter(started("a"), seq, seq));
}
