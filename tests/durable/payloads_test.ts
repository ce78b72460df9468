// Large payloads: the places and times of their storage, and the reports on dropped ones.

import { Flow, type JobState } from "@millrace/flow";
import { UnknownActivationError } from "@millrace/flow/errors";
import type { SqliteStoreOptions } from "@millrace/flow/sqlite";
import { assert, assertEquals, assertGreater, assertLess, assertRejects } from "@std/assert";
import { DatabaseSync } from "node:sqlite";
import { sharedPool } from "../flow/shared_pool.ts";
import { Journal } from "./journal.ts";
import { HeldLock } from "./lock.ts";
import { count, deferring, failing, gated, keep, refusing, spread } from "./routines.ts";
import { CountingStore } from "./counting_store.ts";
import { of, until } from "./until.ts";

const pool = sharedPool();

function carrying(journal: Journal, options?: SqliteStoreOptions) {
  return new Flow({ id: "carrying", store: journal.store(options), pool })
    .add("spread", spread)
    .add("gate", gated)
    .add("count", count)
    .add("other", count)
    .add("third", count)
    .add("keep", keep)
    .add("refusing", refusing)
    .connect("spread.item", "count.item")
    .connect("spread.item", "other.item", { map: { body: "text" } as never })
    .connect("spread.item", "third.item")
    .connect("gate.item", "count.item");
}

/** Payloads of some size that a search of the file would find. */
function pages(count: number, size = 5_000): { body: string }[] {
  return Array.from({ length: count }, (_, i) => ({ body: `<page ${i}>`.padEnd(size, ".") }));
}

/** Counts a text in a journal: in its events, its large values and its snapshots. */
function occurrences(journal: Journal, text: string): number {
  const db = new DatabaseSync(journal.path, { readOnly: true });
  const all = db.prepare(
    `SELECT text AS value FROM events UNION ALL SELECT rest FROM events
     UNION ALL SELECT text FROM cells UNION ALL SELECT bytes FROM cells
     UNION ALL SELECT bytes FROM snapshots`,
  ).all() as { value: string | Uint8Array | null }[];
  db.close();
  return all.reduce((sum, { value }) => {
    const shown = typeof value === "string" ? value : new TextDecoder().decode(value ?? undefined);
    return sum + shown.split(text).length - 1;
  }, 0);
}

function sizeOf(journal: Journal): number {
  return Deno.statSync(journal.path).size;
}

function emittedBy(job: JobState | undefined) {
  return job?.executionHistory.flatMap(({ event, data }) => event === "emitted" ? [data] : []);
}

for (
  const [what, wrap] of [["JSON", (x: unknown) => x], [
    "a Map",
    (x: unknown) => new Map([[1, x]]),
  ]] as const
) {
  Deno.test(`SqliteStore stores a shared payload in ${what} once`, async () => {
    using journal = new Journal();
    {
      await using flow = carrying(journal);
      const events = flow.events();
      const job = flow.start("spread.items", pages(2).map(wrap), { jobId: "job" });
      await until(events, of("activation_completed"));
      flow.pause(job);
      await flow.flush();
      journal.crash();
    }
    // Once as a part of what the job was started with, and once as it was emitted.
    for (const page of ["<page 0>", "<page 1>"]) assertEquals(occurrences(journal, page), 2);
    await using flow = carrying(journal);
    const [job] = await flow.recover();
    flow.resume("job");
    assertEquals((await job?.waitForCompletion())?.sharedData, { count: 6 });
  });
}

Deno.test("SqliteStore drops committed payloads when a job ends", async () => {
  using journal = new Journal();
  {
    await using flow = carrying(journal);
    const job = await flow.execute("spread.items", pages(20), { jobId: "job" });
    assertEquals(job.sharedData, { count: 60 });
    assertEquals(occurrences(journal, "<page"), 0);
    assertEquals(emittedBy(job)?.length, 20);
  }
  await using flow = carrying(journal);
  const job = flow.job("job");
  assertEquals([job?.status, job?.sharedData], ["completed", { count: 60 }]);
  for (const data of emittedBy(job) ?? []) assertEquals(data, { event: "item", dropped: true });
  const rerun = () => flow.rerun("job", { from: "job/1", jobId: "rerun" });
  await assertRejects(rerun, UnknownActivationError, "retention.payloads");
  assertEquals(flow.jobs.has("rerun"), false);
});

Deno.test("Flow.rerun() repeats activations with small payloads", async () => {
  using journal = new Journal();
  await using flow = carrying(journal);
  const job = await flow.execute("spread.items", pages(3, 100), { jobId: "job" });
  assertEquals(emittedBy(job)?.map((data) => data?.payload), pages(3, 100));
  const rerun = await flow.rerun("job", { from: "job/1" });
  assertEquals((await rerun.waitForCompletion()).sharedData, { count: 9 });
});

Deno.test("Retention.payloads stores every payload for Flow.rerun()", async () => {
  using journal = new Journal();
  const options = { retention: { payloads: true } };
  {
    await using flow = carrying(journal, options);
    await flow.execute("spread.items", pages(3), { jobId: "job" });
  }
  await using flow = carrying(journal, options);
  assertEquals(emittedBy(flow.job("job"))?.map((data) => data?.payload), pages(3));
  for (const from of ["job/1", "job/2"]) {
    const rerun = await flow.rerun("job", { from });
    assertEquals((await rerun.waitForCompletion()).sharedData, { count: 9 });
  }
});

Deno.test("Flow.rerun() repeats the failed activation's payload", async () => {
  using journal = new Journal();
  {
    await using flow = carrying(journal);
    const [page] = pages(1);
    const job = await flow.execute("refusing.item", page, { jobId: "job" });
    assertEquals(job.status, "failed");
  }
  await using flow = new Flow({ id: "carrying", store: journal.store(), pool })
    .add("refusing", keep);
  const job = await flow.rerun("job", { from: "job/1" });
  assertEquals((await job.waitForCompletion()).sharedData, { refusing: pages(1)[0] });
});

Deno.test("Flow.start() accepts an id whose payload is dropped", async () => {
  using journal = new Journal();
  const make = (times: number) =>
    new Flow({ id: "stages", store: journal.store(), pool })
      .add("first", keep)
      .add("fails", failing, { onError: { strategy: "retry", delay: 0, maxRetries: times } })
      .connect("first.item", "fails.times");
  const text = "1".padEnd(3_000, " ");
  {
    await using flow = make(0);
    assertEquals((await flow.execute("first.item", text, { jobId: "job" })).status, "failed");
  }
  await using flow = make(2);
  const rerun = await flow.rerun("job", { from: "job/2", jobId: "rerun" });
  await rerun.waitForCompletion();
  assertEquals([rerun.status, rerun.sharedData], ["completed", { first: text, attempts: 2 }]);
  // The payload that it was started with is not known any more.
  assertEquals(flow.start("first.item", "else", { jobId: "rerun" }), rerun);
});

Deno.test("SqliteStore.snapshot() omits payloads already stored", async () => {
  using journal = new Journal();
  using lock = await HeldLock.take();
  {
    await using flow = carrying(journal);
    const gate = flow.start("gate.lock", lock.name, { jobId: "gate" });
    const items = pages(400, 20_000);
    const job = flow.start("spread.items", items, { jobId: "job" });
    const events = flow.events();
    let counted = 0;
    for await (const event of events) {
      if (event.type === "activation_completed" && ++counted > 20) break;
    }
    flow.pause(job);
    await flow.flush();
    assertEquals(gate.status, "running");
    journal.crash();
  }
  {
    using store = journal.store({ readOnly: true });
    const { snapshot } = store.latest("job") ?? {};
    assert(snapshot !== undefined);
    const db = new DatabaseSync(journal.path, { readOnly: true });
    const { bytes } = db.prepare("SELECT length(bytes) AS bytes FROM snapshots").get() ?? {};
    db.close();
    assertLess(Number(bytes), 2_000_000);
    assertEquals(store.latest("gate")?.snapshot, undefined);
  }
  lock[Symbol.dispose]();
  await using flow = carrying(journal);
  const jobs = await flow.recover();
  flow.resume("job");
  for (const job of jobs) await job.waitForCompletion();
  assertEquals(flow.job("job")?.sharedData, { count: 1_200 });
  assertEquals(occurrences(journal, "<page"), 0);
});

Deno.test("Flow.recover() delivers held payloads from a snapshot", async () => {
  using journal = new Journal();
  const make = () =>
    new Flow({ id: "holding", store: journal.store(), pool })
      .add("deferring", deferring).add("keep", keep).connect("deferring.item", "keep.item");
  const text = "held".padEnd(5_000_000, ".");
  {
    await using flow = make();
    const job = flow.start("deferring.item", text, { jobId: "job" });
    const events = flow.events();
    let completed = 0;
    await until(events, (event) => of("activation_completed")(event) && ++completed === 2);
    await flow.flush();
    assertEquals(job.status, "running");
    journal.crash();
  }
  await using flow = make();
  const [job] = await flow.recover();
  flow.resume("job");
  await job?.waitForCompletion();
  assertEquals(job?.sharedData, { keep: text });
  assertEquals(job?.counts.completed, 3);
});

Deno.test("SqliteStore.close() returns free pages", async () => {
  using journal = new Journal();
  {
    await using flow = carrying(journal);
    await flow.execute("spread.items", pages(70, 100_000), { jobId: "job" });
  }
  assertLess(sizeOf(journal), 10_000_000);
  using store = journal.store({ readOnly: true });
  assertEquals(store.latest("job")?.snapshot?.status, "completed");
});

Deno.test("SqliteStore returns free pages while open", async () => {
  using journal = new Journal();
  await using flow = carrying(journal);
  await flow.execute("spread.items", pages(70, 100_000), { jobId: "job" });
  const pagesOf = () => {
    const db = new DatabaseSync(journal.path, { readOnly: true });
    const { page_count } = db.prepare("PRAGMA page_count").get() ?? {};
    db.close();
    return Number(page_count);
  };
  while (pagesOf() > 1_200) await new Promise((resolve) => setTimeout(resolve, 20));
});

Deno.test("Flow.job() reads no history of an ended job", async () => {
  using journal = new Journal();
  const make = (store: CountingStore) =>
    new Flow({ id: "long", store, pool })
      .add("spread", spread).add("count", count).connect("spread.item", "count.item");
  const items = Array.from({ length: 2_000 }, (_, i) => i);
  const start = (flow: ReturnType<typeof make>) =>
    flow.start("spread.items", items, { jobId: "job" });
  {
    using store = new CountingStore(journal.path);
    await using flow = make(store);
    await start(flow).waitForCompletion();
    assertEquals(start(flow).status, "completed");
    assertEquals(store.eventsRead, 0);
  }
  using store = new CountingStore(journal.path);
  await using flow = make(store);
  const job = start(flow);
  assertEquals([job.status, job.sharedData, flow.job("job")?.status], [
    "completed",
    { count: 2_000 },
    "completed",
  ]);
  assertEquals(store.eventsRead, 0);
  assertGreater(job.executionHistory.length, 4_000);
});
