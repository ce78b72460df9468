// A JobState shows one run, and stays readable after its job was deleted or its store closed.

import { Flow, type JobState } from "@millrace/flow";
import type { SqliteStore } from "@millrace/flow/sqlite";
import { MemoryStore } from "@millrace/flow/store";
import { assert, assertEquals, assertGreater, assertNotEquals } from "@std/assert";
import { Journal } from "../durable/journal.ts";
import { HeldLock } from "../durable/lock.ts";
import { gated, keep } from "../durable/routines.ts";
import { of, until } from "../durable/until.ts";
import { sharedPool } from "./shared_pool.ts";

const pool = sharedPool(1);

function keeping(store: MemoryStore | SqliteStore) {
  return new Flow({ id: "keeping", store, pool }).add("keep", keep).add("gate", gated);
}

/** Reads all properties of a job, none of which may throw. */
function read(job: JobState): object {
  assert(Deno.inspect(job).startsWith("JobState"));
  const { executionHistory, ...rest } = JSON.parse(JSON.stringify(job));
  assertEquals(executionHistory.length, job.executionHistory.length);
  return { ...rest, status: job.status, skipped: job.skipped, executing: job.executing };
}

const lengths = (job: JobState) => [job.executionHistory.length, job.spans.length];

for (const isDurable of [false, true]) {
  const name = isDurable ? "SqliteStore" : "MemoryStore";

  Deno.test(`JobState shows its run after a ${name} reuses the id`, async () => {
    using journal = new Journal();
    const store = isDurable ? journal.store() : new MemoryStore();
    await using flow = keeping(store);
    const first = await flow.execute("keep.item", 1, { jobId: "night" });
    const before = read(first);
    assertEquals(lengths(first), [4, 1]);
    assert(store.delete("night"));
    // A JobState of a durable store loses its history when the job is deleted.
    const left = isDurable ? [0, 0] : [4, 1];
    assertEquals([read(first), lengths(first)], [before, left]);
    const second = await flow.execute("keep.item", 2, { jobId: "night" });
    assertEquals([read(first), lengths(first)], [before, left]);
    assertEquals(lengths(second), [4, 1]);
    assertNotEquals(first.sharedData, second.sharedData);
  });

  Deno.test(`JobState from an unstarted flow shows its run (${name})`, async () => {
    using journal = new Journal();
    const store = isDurable ? journal.store() : new MemoryStore();
    const runs = async (item: number) => {
      await using flow = keeping(store);
      await flow.execute("keep.item", item, { jobId: "night" });
    };
    await runs(1);
    await using reading = keeping(store);
    const first = reading.job("night");
    assert(first !== undefined);
    const before = read(first);
    assertEquals(lengths(first), [4, 1]);
    store.delete("night");
    assertEquals([read(first), lengths(first)], [before, [0, 0]]);
    await runs(2);
    assertEquals([read(first), lengths(first)], [before, [0, 0]]);
  });

  Deno.test(`JobState is readable after its ${name} is closed`, async () => {
    using journal = new Journal();
    const store = isDurable ? journal.store() : new MemoryStore();
    const flow = keeping(store);
    const job = await flow.execute("keep.item", 1);
    const before = read(job);
    await flow.close();
    assertEquals([read(job), lengths(job)], [before, [4, 1]]);
    store.close();
    assertEquals([read(job), lengths(job)], [before, isDurable ? [0, 0] : [4, 1]]);
  });
}

Deno.test("JobState is read without the lock of the writer", async () => {
  using journal = new Journal();
  const store = journal.store();
  const flow = keeping(store);
  const job = await flow.execute("keep.item", 1);
  await flow.close();
  assertEquals(lengths(job), [4, 1]);
  {
    using other = journal.store();
    assertEquals([lengths(job), other.jobs().length, store.jobs().length], [[4, 1], 1, 1]);
  }
  assertEquals(lengths(job), [4, 1]);
  // The store takes the lock when it is written again.
  store.delete(job.jobId);
  assertEquals(lengths(job), [0, 0]);
  store.close();
});

Deno.test("JobState shows its run as its flow left it", async () => {
  using journal = new Journal();
  using lock = await HeldLock.take();
  const store = journal.store();
  const flow = keeping(store);
  const begun = until(flow.events(), of("activation_started"));
  const job = flow.start("gate.lock", lock.name, { jobId: "night" });
  await begun;
  await flow.close();
  lock[Symbol.dispose]();
  const [before, shown] = [read(job), lengths(job)];
  await using next = keeping(store);
  const [same] = await next.recover();
  await same?.waitForCompletion();
  assertEquals([read(job), lengths(job)], [before, shown]);
  assertGreater(same?.executionHistory.length ?? 0, job.executionHistory.length);
});

Deno.test("JobState is readable if its store closes first", async () => {
  using journal = new Journal();
  using lock = await HeldLock.take();
  const store = journal.store();
  const flow = keeping(store);
  const begun = until(flow.events(), of("activation_started"));
  const job = flow.start("gate.lock", lock.name, { jobId: "night" });
  await begun;
  store.close();
  flow.cancel(job);
  read(job);
  await flow.close();
  read(job);
  assertEquals(lengths(job), [0, 0]);
  lock[Symbol.dispose]();
});
