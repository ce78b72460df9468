import { Flow } from "@millrace/flow";
import type { Store } from "@millrace/flow/store";
import { assert, assertEquals, assertGreater, assertLess } from "@std/assert";
import { DatabaseSync } from "node:sqlite";
import { sharedPool } from "../flow/shared_pool.ts";
import { Journal } from "./journal.ts";
import { count, spread } from "./routines.ts";

const pool = sharedPool();

/** Activations of a job that leads to some more events than a snapshot is worth. */
const MANY = 6_000;

function counting(store: Store) {
  return new Flow({ id: "counting", store, pool })
    .add("spread", spread)
    .add("count", count)
    .connect("spread.item", "count.item");
}

const ITEMS = Array.from({ length: MANY }, () => "free");

Deno.test("Flow.recover() reads a snapshot and later events", async () => {
  using journal = new Journal();
  {
    await using flow = counting(journal.store());
    const job = flow.start("spread.items", ITEMS, { jobId: "job" });
    const events = flow.events();
    let counted = 0;
    for await (const event of events) {
      if (event.type === "activation_completed" && ++counted > MANY - 20) break;
    }
    flow.pause(job);
    await flow.flush();
    journal.crash();
  }
  {
    using store = journal.store({ readOnly: true });
    const { snapshot, events } = store.read("job") ?? {};
    const [unfinished] = [...store.unfinished("counting")];
    assert(snapshot !== undefined && events !== undefined && unfinished !== undefined);
    assertGreater(events.length, 2 * MANY - 50);
    assertGreater(snapshot.seq, 5_000);
    assertLess(unfinished.events.length, events.length / 2);
  }
  await using flow = counting(journal.store());
  const [job] = await flow.recover();
  flow.resume("job");
  await job?.waitForCompletion();
  assertEquals([job?.sharedData, job?.counts.completed], [{ count: MANY }, MANY + 1]);
});

Deno.test("Flow completes a job despite a failed snapshot", async () => {
  using journal = new Journal();
  await using flow = counting(journal.store());
  await flow.flush();
  const db = new DatabaseSync(journal.path);
  db.exec(
    `CREATE TRIGGER full BEFORE INSERT ON snapshots
     BEGIN SELECT RAISE(ABORT, 'database or disk is full'); END`,
  );
  db.close();
  const job = await flow.execute("spread.items", ITEMS, { jobId: "job" });
  assertEquals([job.status, job.sharedData], ["completed", { count: MANY }]);
  using store = journal.store({ readOnly: true });
  assertEquals(store.read("job")?.snapshot, undefined);
  assertEquals(journal.events("job").at(-1)?.type, "job_completed");
});

Deno.test("Retention.events limits the stored history", async () => {
  using journal = new Journal();
  const store = journal.store({ retention: { events: 100 } });
  await using flow = counting(store);
  const job = await flow.execute("spread.items", ITEMS.slice(0, 500), { jobId: "job" });
  assertEquals(job.sharedData, { count: 500 });
  assertLess(journal.events("job").length, 1_000);
});
