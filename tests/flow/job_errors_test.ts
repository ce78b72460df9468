import { assert, assertEquals } from "@std/assert";
import { replay } from "../../faces/events.ts";
import { MemoryStore, type Store } from "../../faces/store.ts";
import { Flow } from "../../mod.ts";
import { Journal } from "../durable/journal.ts";
import { emitter } from "../routines/basics.ts";
import { thrower } from "../routines/errors.ts";
import { sharedPool } from "./shared_pool.ts";

const pool = sharedPool();
const FAILING = 40;
const RETAINED = 12;

/** The messages of the errors of a job in which many activations fail. */
async function failMany(store: Store) {
  await using flow = new Flow({ store, pool })
    .add("emitter", emitter)
    .add("thrower", thrower, { onError: "continue" })
    .connect("emitter.item", "thrower.value");
  const events = flow.events();
  const items = Array.from({ length: FAILING }, (_, i) => new Error(`error ${i}`));
  const job = await flow.execute("emitter.items", items, { jobId: "job" });
  assertEquals([job.status, job.counts.failed], ["completed", FAILING]);
  const stream = [];
  for await (const event of events) {
    stream.push(event);
    if (event.type === "job_completed") break;
  }
  const again = replay(stream).errors;
  const messages = job.errors.map(({ message }) => message);
  assertEquals(again.map(({ message }) => message), messages, "the events give other errors");
  assertEquals(flow.job("job")?.errors.length, messages.length);
  assertEquals(job.toJSON().errors.length, messages.length);
  return messages;
}

Deno.test("JobState.errors is bounded by MemoryStore retention", async () => {
  const messages = await failMany(new MemoryStore({ retention: { events: RETAINED } }));
  assertEquals(messages.length, RETAINED);
  assert(messages.includes(`error ${FAILING - 1}`));
});

Deno.test("JobState.errors is bounded by SqliteStore retention", async () => {
  using journal = new Journal();
  const messages = await failMany(journal.store({ retention: { events: RETAINED } }));
  assertEquals(messages.length, RETAINED);
});

Deno.test("JobState.errors lists every error by default", async () => {
  assertEquals((await failMany(new MemoryStore())).length, FAILING);
});
