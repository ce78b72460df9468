import { Flow, type JobState } from "@millrace/flow";
import { StoreWriteError } from "@millrace/flow/errors";
import type { OnStatus } from "@millrace/flow/events";
import { WorkerPool } from "@millrace/flow/pool";
import {
  assert,
  assertEquals,
  assertInstanceOf,
  assertRejects,
  assertStrictEquals,
  assertThrows,
} from "@std/assert";
import { DatabaseSync } from "node:sqlite";
import { sharedPool } from "../flow/shared_pool.ts";
import { Journal } from "./journal.ts";
import { HeldLock } from "./lock.ts";
import { count, gated, keep, spread } from "./routines.ts";
import { of, until } from "./until.ts";

const pool = sharedPool();

/** A flow that writes to a journal, and can be waited for to be halted. */
function writing(journal: Journal) {
  const halted = Promise.withResolvers<Error | undefined>();
  const onStatus: OnStatus = (status, error) => {
    if (status === "halted") halted.resolve(error);
  };
  const flow = new Flow({ id: "writing", store: journal.store(), pool, onStatus })
    .add("gate", gated)
    .add("spread", spread)
    .add("keep", keep)
    .add("count", count)
    .connect("spread.item", "gate.lock")
    .connect("gate.item", "keep.item")
    .connect("keep.item", "count.item");
  return Object.assign(flow, { halted: halted.promise });
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

Deno.test("Flow.status is halted while the disk is full", async () => {
  using journal = new Journal();
  using lock = await HeldLock.take();
  await using flow = writing(journal);
  const job = await begin(flow, lock);
  const stream = journal.events("job");
  fill(journal);
  lock[Symbol.dispose]();
  assertInstanceOf(await flow.halted, StoreWriteError);
  assertEquals(flow.status, "halted");
  assertInstanceOf(flow.error, StoreWriteError);
  await assertRejects(() => flow.flush(), StoreWriteError, "full");
  assertThrows(() => flow.start("keep.item", 1), StoreWriteError, "full");
  assertEquals(journal.events("job"), stream);
  assertEquals([job.status, flow.jobs.size], ["running", 1]);

  makeRoom(journal);
  await job.waitForCompletion();
  assertEquals([job.status, job.sharedData.count], ["completed", 2]);
  assertEquals([flow.status, flow.error], ["running", undefined]);
  const stored = journal.events("job");
  assertEquals(stored.map(({ seq }) => seq), stored.map((_, i) => i + 1));
  const begun = stored.filter(of("activation_started")).map((event) =>
    "activationId" in event && event.activationId
  );
  assertEquals(new Set(begun).size, begun.length);
});

Deno.test("JobState shows only stored changes during an outage", async () => {
  using journal = new Journal();
  using lock = await HeldLock.take();
  await using flow = writing(journal);
  const job = await begin(flow, lock);
  const { counts } = job;
  fill(journal);
  lock[Symbol.dispose]();
  await flow.halted;
  assertEquals(job.counts, counts);
  assertEquals(job.executing.length, 2);
  flow.cancel(job);
  assertEquals([job.status, job.error, job.endedAt], ["running", undefined, undefined]);
  makeRoom(journal);
  await job.waitForCompletion();
  assertEquals(job.status, "cancelled");
});

Deno.test("Flow starts no activation during an outage", async () => {
  using journal = new Journal();
  using lock = await HeldLock.take();
  await using flow = writing(journal);
  const job = await begin(flow, lock);
  fill(journal);
  lock[Symbol.dispose]();
  await flow.halted;
  // Both at a worker may end; what they lead to waits.
  assert(
    job.executionHistory.every(({ event, routineId }) =>
      event !== "started" || routineId !== "keep"
    ),
  );
  assertEquals(job.sharedData, {});
  makeRoom(journal);
  await job.waitForCompletion();
});

Deno.test("ctx.flush() resumes after an outage", async () => {
  using journal = new Journal();
  using lock = await HeldLock.take();
  await using flow = writing(journal);
  const events = flow.events();
  const job = flow.start("gate.flushingLast", lock.name, { jobId: "job" });
  await until(events, of("activation_started"));
  fill(journal);
  lock[Symbol.dispose]();
  await flow.halted;
  makeRoom(journal);
  await job.waitForCompletion();
  assertEquals([job.status, job.sharedData.count, job.counts.retries], ["completed", 2, 0]);
});

Deno.test("ctx.flush() holds no worker during an outage", async () => {
  using journal = new Journal();
  using lock = await HeldLock.take();
  await using narrow = new WorkerPool({ maxWorkers: 1 });
  const halted = Promise.withResolvers<void>();
  const onStatus: OnStatus = (status) => void (status === "halted" && halted.resolve());
  await using flow = new Flow({ id: "narrow", store: journal.store(), pool: narrow, onStatus })
    .add("gate", gated)
    .add("keep", keep)
    .connect("gate.item", "keep.item");
  const events = flow.events();
  const job = flow.start("gate.flushingLast", lock.name);
  await until(events, of("activation_started"));
  fill(journal);
  lock[Symbol.dispose]();
  await halted.promise;
  // Of the pool's only worker.
  await narrow.run(keep, "item", 1);
  makeRoom(journal);
  await job.waitForCompletion();
  assertEquals([job.status, job.counts.retries, job.counts.completed], ["completed", 0, 3]);
  assertEquals(job.executionHistory.filter(({ event }) => event === "started").length, 3);
});

Deno.test("Flow.cancel() ends an activation suspended in ctx.flush()", async () => {
  using journal = new Journal();
  using lock = await HeldLock.take();
  await using narrow = new WorkerPool({ maxWorkers: 1 });
  const halted = Promise.withResolvers<void>();
  const onStatus: OnStatus = (status) => void (status === "halted" && halted.resolve());
  await using flow = new Flow({ id: "narrow", store: journal.store(), pool: narrow, onStatus })
    .add("gate", gated);
  const events = flow.events();
  const job = flow.start("gate.flushingLast", lock.name);
  await until(events, of("activation_started"));
  fill(journal);
  lock[Symbol.dispose]();
  await halted.promise;
  await narrow.run(keep, "item", 1);
  flow.cancel(job);
  makeRoom(journal);
  await job.waitForCompletion();
  assertEquals([job.status, job.counts.cancelled, job.counts.executing], ["cancelled", 1, 0]);
});

Deno.test("Flow.start() resumes the flow after an outage", async () => {
  using journal = new Journal();
  await using flow = writing(journal);
  await flow.execute("keep.item", 1);
  fill(journal);
  const job = flow.start("keep.item", 2);
  await flow.halted;
  makeRoom(journal);
  const next = await flow.execute("keep.item", 3);
  await job.waitForCompletion();
  assertEquals([job.sharedData.keep, next.sharedData.keep], [2, 3]);
});

Deno.test("Flow.start() starts a job once across an outage", async () => {
  using journal = new Journal();
  await using flow = writing(journal);
  await flow.execute("keep.item", 1);
  fill(journal);
  const start = () => flow.start("keep.item", 2, { jobId: "job" });
  const job = start();
  assertThrows(start, StoreWriteError);
  assertEquals(job.status, "pending");
  makeRoom(journal);
  assertStrictEquals(start(), job);
  assertEquals((await job.waitForCompletion()).sharedData, { keep: 2, count: 1 });
});

Deno.test("StartOptions.signal cancels after an outage", async () => {
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

Deno.test("Flow.cancel() is stored and reported after an outage", async () => {
  using journal = new Journal();
  await using flow = writing(journal);
  await flow.execute("keep.item", 1);
  flow.pause();
  const job = flow.start("keep.item", 2);
  await flow.flush();
  fill(journal);
  flow.cancel(job);
  const ended = job.waitForCompletion();
  await flow.halted;
  assertEquals(job.status, "paused");
  makeRoom(journal);
  assertEquals((await ended).status, "cancelled");
});

Deno.test("Flow.flush() resolves after an outage", async () => {
  using journal = new Journal();
  await using flow = writing(journal);
  await flow.execute("keep.item", 1);
  fill(journal);
  const job = flow.start("keep.item", 2);
  await flow.halted;
  makeRoom(journal);
  await flow.flush();
  assertEquals(flow.status, "running");
  assertEquals((await job.waitForCompletion()).status, "completed");
});

for (const jobs of ["keep", "cancel"] as const) {
  Deno.test(`CloseOptions.jobs "${jobs}" closes during an outage`, async () => {
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
