import { Flow } from "@millrace/flow";
import { DuplicateJobError, InvalidOptionError } from "@millrace/flow/errors";
import { assertEquals, assertRejects, assertStrictEquals, assertThrows } from "@std/assert";
import { sharedPool } from "../flow/shared_pool.ts";
import { Journal } from "./journal.ts";
import { HeldLock } from "./lock.ts";
import { count, gated, keep, MANY_TYPES } from "./routines.ts";

const pool = sharedPool();

function submitting(journal: Journal, id = "submitting") {
  return new Flow({ id, store: journal.store(), pool })
    .add("keep", keep)
    .add("other", keep)
    .add("gate", gated)
    .add("count", count)
    .connect("keep.item", "count.item");
}

Deno.test("Flow.start() returns the job of a repeated id", async () => {
  using journal = new Journal();
  await using flow = submitting(journal);
  const first = flow.start("keep.item", { n: 1 }, { jobId: "job" });
  assertStrictEquals(flow.start("keep.item", { n: 1 }, { jobId: "job" }), first);
  await first.waitForCompletion();
  assertStrictEquals(await flow.execute("keep.item", { n: 1 }, { jobId: "job" }), first);
  assertEquals(first.sharedData, { keep: { n: 1 }, count: 1 });
});

Deno.test("StartOptions.signal cancels a job started earlier", async () => {
  using journal = new Journal();
  using lock = await HeldLock.take();
  await using flow = submitting(journal);
  const job = flow.start("gate.lock", lock.name, { jobId: "job" });
  const { signal } = new AbortController();
  flow.start("gate.lock", lock.name, { jobId: "job", signal });
  const second = new AbortController();
  flow.start("gate.lock", lock.name, { jobId: "job", signal: second.signal });
  second.abort("enough");
  assertEquals((await job.waitForCompletion()).status, "cancelled");
});

Deno.test("Flow.start() returns an ended job after a restart", async () => {
  using journal = new Journal();
  {
    await using flow = submitting(journal);
    await flow.execute("keep.item", MANY_TYPES(), { jobId: "job" });
  }
  const before = journal.events("job");
  {
    await using flow = submitting(journal);
    const job = flow.start("keep.item", MANY_TYPES(), { jobId: "job" });
    assertEquals([job.status, job.sharedData.count], ["completed", 1]);
    await job.waitForCompletion();
  }
  assertEquals(journal.events("job"), before);
});

Deno.test("Flow.start() continues an unfinished job", async () => {
  using journal = new Journal();
  using lock = await HeldLock.take();
  {
    await using flow = submitting(journal);
    flow.start("gate.lock", lock.name, { jobId: "job" });
  }
  await using flow = submitting(journal);
  const job = flow.start("gate.lock", lock.name, { jobId: "job" });
  assertEquals(await flow.recover(), []);
  lock[Symbol.dispose]();
  assertEquals((await job.waitForCompletion()).status, "completed");
});

Deno.test("DuplicateJobError refuses another payload or entry", async () => {
  using journal = new Journal();
  const refused = (flow: ReturnType<typeof submitting>) => {
    const message = 'already has a job "job" with another entry or payload';
    assertThrows(() => flow.start("keep.item", 2, { jobId: "job" }), DuplicateJobError, message);
    assertThrows(() => flow.start("other.item", 1, { jobId: "job" }), DuplicateJobError, message);
  };
  {
    await using flow = submitting(journal);
    const job = flow.start("keep.item", 1, { jobId: "job" });
    refused(flow);
    await job.waitForCompletion();
    refused(flow);
    assertEquals(job.sharedData, { keep: 1, count: 1 });
  }
  await using flow = submitting(journal);
  refused(flow);
  assertEquals((await flow.execute("keep.item", 3, { jobId: "another" })).status, "completed");
});

Deno.test("DuplicateJobError refuses another flow's id", async () => {
  using journal = new Journal();
  {
    await using flow = submitting(journal);
    await flow.execute("keep.item", 1, { jobId: "job" });
  }
  await using other = submitting(journal, "other");
  for (const payload of [1, 2]) {
    const start = () => other.start("keep.item", payload, { jobId: "job" });
    assertThrows(start, DuplicateJobError, 'flow "submitting" already has a job "job"');
  }
  assertEquals((await other.execute("keep.item", 1)).status, "completed");
});

Deno.test("InvalidOptionError refuses an unstorable jobId", async () => {
  using journal = new Journal();
  await using flow = submitting(journal);
  for (const jobId of ["a\0b", "\ud800"]) {
    assertThrows(() => flow.start("keep.item", 1, { jobId }), InvalidOptionError, "jobId");
    const rerun = () => flow.rerun("none", { from: "none/1", jobId });
    await assertRejects(rerun, InvalidOptionError, "jobId");
  }
  assertEquals((await flow.execute("keep.item", 1)).status, "completed");
});
