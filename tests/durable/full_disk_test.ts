import { Flow, type JobState, StoreWriteError } from "@millrace/flow";
import { assert, assertEquals, assertRejects, assertStrictEquals, assertThrows } from "@std/assert";
import { DatabaseSync } from "node:sqlite";
import { sharedPool } from "../flow/shared_pool.ts";
import { Journal } from "./journal.ts";
import { HeldLock } from "./lock.ts";
import { count, gated, keep, spread } from "./routines.ts";
import { of, until } from "./until.ts";

const pool = sharedPool();

function writing(journal: Journal) {
  return new Flow({ id: "writing", store: journal.store(), pool })
    .add("gate", gated)
    .add("spread", spread)
    .add("keep", keep)
    .add("count", count)
    .connect("spread.item", "gate.lock")
    .connect("gate.item", "keep.item")
    .connect("keep.item", "count.item");
}

/** Makes every write of events fail in the midst of its transaction, as a full disk does. */
function fill(journal: Journal): void {
  change(
    journal,
    `CREATE TRIGGER full BEFORE INSERT ON events
     BEGIN SELECT RAISE(ABORT, 'database or disk is full'); END`,
  );
}

/** Makes room again. */
function makeRoom(journal: Journal): void {
  change(journal, "DROP TRIGGER full");
}

function change(journal: Journal, statement: string): void {
  const db = new DatabaseSync(journal.path);
  db.exec(statement);
  db.close();
}

/** A job whose two activations wait for a lock, each at a worker. */
async function begin(flow: ReturnType<typeof writing>, lock: HeldLock): Promise<JobState> {
  const events = flow.events();
  const job = flow.start("spread.items", [lock.name, lock.name], { jobId: "job" });
  let begun = 0;
  await until(events, (event) => of("activation_started")(event) && ++begun === 3);
  return job;
}

Deno.test("when nothing can be written, those who wait learn it, and the jobs are unharmed", async () => {
  using journal = new Journal();
  using lock = await HeldLock.take();
  await using flow = writing(journal);
  const job = await begin(flow, lock);
  const stream = journal.events("job");
  fill(journal);
  const waiting = job.waitForCompletion();
  lock[Symbol.dispose]();
  await assertRejects(() => waiting, StoreWriteError, "jobs.db cannot be written");
  await assertRejects(() => flow.flush(), StoreWriteError, "full");
  assertThrows(() => flow.start("keep.item", 1), StoreWriteError, "full");
  assertEquals(journal.events("job"), stream);
  assertEquals([job.status, flow.jobs.size], ["running", 1]);

  makeRoom(journal);
  flow.resume();
  await job.waitForCompletion();
  assertEquals([job.status, job.sharedData.count], ["completed", 2]);
  const kept = journal.events("job");
  assertEquals(kept.map(({ seq }) => seq), kept.map((_, i) => i + 1));
  const begun = kept.filter(of("activation_started")).map((event) =>
    "activationId" in event && event.activationId
  );
  assertEquals(new Set(begun).size, begun.length);
});

Deno.test("nothing new begins while nothing can be written", async () => {
  using journal = new Journal();
  using lock = await HeldLock.take();
  await using flow = writing(journal);
  const job = await begin(flow, lock);
  fill(journal);
  lock[Symbol.dispose]();
  await assertRejects(() => job.waitForCompletion(), StoreWriteError);
  // Both at a worker may end; what they lead to waits.
  assert(
    job.executionHistory.every(({ event, routineId }) =>
      event !== "started" || routineId !== "keep"
    ),
  );
  assertEquals(job.sharedData, {});
  makeRoom(journal);
  flow.resume();
  await job.waitForCompletion();
});

Deno.test("an activation that flushes goes on when there is room again", async () => {
  using journal = new Journal();
  using lock = await HeldLock.take();
  await using flow = writing(journal);
  const events = flow.events();
  const job = flow.start("gate.flushingLast", lock.name, { jobId: "job" });
  await until(events, of("activation_started"));
  fill(journal);
  const waiting = job.waitForCompletion();
  lock[Symbol.dispose]();
  await assertRejects(() => waiting, StoreWriteError);
  makeRoom(journal);
  flow.resume();
  await job.waitForCompletion();
  assertEquals([job.status, job.sharedData.count, job.counts.retries], ["completed", 2, 0]);
});

Deno.test("a start makes the flow go on when there is room again", async () => {
  using journal = new Journal();
  await using flow = writing(journal);
  await flow.execute("keep.item", 1);
  fill(journal);
  const job = flow.start("keep.item", 2);
  await assertRejects(() => job.waitForCompletion(), StoreWriteError);
  makeRoom(journal);
  const next = await flow.execute("keep.item", 3);
  await job.waitForCompletion();
  assertEquals([job.sharedData.keep, next.sharedData.keep], [2, 3]);
});

Deno.test("a job whose start cannot be written is not started once more", async () => {
  using journal = new Journal();
  await using flow = writing(journal);
  await flow.execute("keep.item", 1);
  fill(journal);
  const start = () => flow.start("keep.item", 2, { jobId: "job" });
  const job = start();
  assertThrows(start, StoreWriteError);
  makeRoom(journal);
  assertStrictEquals(start(), job);
  assertEquals((await job.waitForCompletion()).sharedData, { keep: 2, count: 1 });
});

Deno.test("a job heeds its signal when there is room again", async () => {
  using journal = new Journal();
  await using flow = writing(journal);
  await flow.execute("keep.item", 1);
  flow.pause();
  const controller = new AbortController();
  const job = flow.start("keep.item", 2, { signal: controller.signal });
  fill(journal);
  await assertRejects(() => flow.flush(), StoreWriteError);
  makeRoom(journal);
  flow.resume();
  controller.abort();
  assertEquals((await job.waitForCompletion()).status, "cancelled");
});

Deno.test("those who wait for a job learn its end when that could be written at last", async () => {
  using journal = new Journal();
  await using flow = writing(journal);
  await flow.execute("keep.item", 1);
  flow.pause();
  const job = flow.start("keep.item", 2);
  await flow.flush();
  fill(journal);
  flow.cancel(job);
  await assertRejects(() => job.waitForCompletion(), StoreWriteError);
  makeRoom(journal);
  flow.resume();
  assertEquals((await job.waitForCompletion()).status, "cancelled");
});

for (const jobs of ["keep", "cancel"] as const) {
  Deno.test(`close with jobs: "${jobs}" ends although nothing can be written`, async () => {
    using journal = new Journal();
    using lock = await HeldLock.take();
    {
      const flow = writing(journal);
      const job = await begin(flow, lock);
      fill(journal);
      flow.pause(job);
      await assertRejects(() => flow.flush(), StoreWriteError);
      await flow.close({ jobs });
    }
    makeRoom(journal);
    lock[Symbol.dispose]();
    await using flow = writing(journal);
    const [job] = await flow.recover();
    await job?.waitForCompletion();
    assertEquals(job?.sharedData.count, 2);
  });
}
