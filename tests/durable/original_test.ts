// Jobs that outlive their process: queued work, states, wiring and values come back as they were.

import { Flow } from "@millrace/flow";
import { FlowChangedError, StoreValueError } from "@millrace/flow/errors";
import { assert, assertEquals, assertRejects, assertThrows } from "@std/assert";
import { sharedPool } from "../flow/shared_pool.ts";
import { Journal } from "./journal.ts";
import { count, keep, MANY_TYPES, spread } from "./routines.ts";

const pool = sharedPool();

function named(journal: Journal) {
  return new Flow({ id: "original", store: journal.store(), pool })
    .add("spread", spread)
    .add("worker one", keep)
    .add("worker two", keep)
    .add("count", count)
    .connect("spread.item", "worker one.item")
    .connect("spread.item", "worker two.item")
    .connect("worker one.item", "count.item")
    .connect("worker two.item", "count.item");
}

Deno.test("Flow.recover() restores every queued activation", async () => {
  using journal = new Journal();
  {
    await using flow = named(journal);
    const job = flow.start("spread.items", [1, 2, 3, 4, 5], { jobId: "job" });
    for await (const event of flow.events()) if (event.type === "activation_completed") break;
    flow.pause(job);
  }
  await using flow = named(journal);
  const [job] = await flow.recover();
  assert(job !== undefined);
  const { known, completed } = job.counts;
  assertEquals([job.status, job.counts.queued], ["paused", known - completed]);
  flow.resume(job);
  await job.waitForCompletion();
  assertEquals([job.sharedData.count, job.counts.completed], [10, 1 + 10 + 10]);
});

Deno.test("Flow.recover() isolates the state of each job", async () => {
  using journal = new Journal();
  const items = (i: number) => [`job_${i}`, `job_${i}`];
  {
    await using flow = named(journal);
    flow.pause();
    for (let i = 0; i < 6; i++) flow.start("spread.items", items(i), { jobId: `job_${i}` });
  }
  await using flow = named(journal);
  const jobs = await flow.recover();
  // The last is resumed first, so that no order hides a mistake.
  for (const job of jobs.toReversed()) flow.resume(job);
  await Promise.all(jobs.map((job) => job.waitForCompletion()));
  for (const [i, job] of jobs.entries()) {
    const own = `job_${i}`;
    assertEquals(job.jobId, own);
    assertEquals(job.sharedData, { "worker one": own, "worker two": own, count: 4 });
    assertEquals(job.routineStates, { "worker one": { item: own }, "worker two": { item: own } });
    assertEquals(job.sharedLog.length, 4);
    assert(job.executionHistory.every(({ activationId }) => activationId.startsWith(`${own}/`)));
  }
});

Deno.test("Flow.recover() accepts only the same wiring", async () => {
  using journal = new Journal();
  {
    await using flow = named(journal);
    flow.pause(flow.start("spread.items", [1], { jobId: "job" }));
  }
  {
    await using crossed = new Flow({ id: "original", store: journal.store(), pool })
      .add("spread", spread)
      .add("worker one", keep)
      .add("worker two", keep)
      .add("count", count)
      .connect("spread.item", "worker one.item")
      .connect("worker one.item", "worker two.item")
      .connect("worker two.item", "count.item");
    await assertRejects(
      () => crossed.recover(),
      FlowChangedError,
      "spread.item -> worker two.item",
    );
  }
  await using flow = named(journal);
  const [job] = await flow.recover();
  flow.resume("job");
  await job?.waitForCompletion();
  assertEquals(job?.sharedData, { "worker one": 1, "worker two": 1, count: 2 });
});

Deno.test("Flow.start() stores non-JSON values or refuses them", async () => {
  using journal = new Journal();
  {
    await using flow = named(journal);
    const fine = flow.start("worker one.item", MANY_TYPES(), { jobId: "fine" });
    const refused = () =>
      flow.start("worker one.item", [MANY_TYPES(), new Blob(["x"])], { jobId: "refused" });
    assertThrows(refused, StoreValueError, "payload[1] is an instance of Blob");
    await fine.waitForCompletion();
  }
  await using flow = named(journal);
  assertEquals(await flow.recover(), []);
  assertEquals(flow.job("refused"), undefined);
  assertEquals(flow.job("fine")?.sharedData["worker one"], MANY_TYPES());
});
