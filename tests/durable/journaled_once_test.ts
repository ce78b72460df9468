// How many bytes a payload takes in the journal, however many receive it: the counted bytes.

import { Flow, type JobEvent } from "@millrace/flow";
import { assert, assertEquals, assertGreater, assertLess } from "@std/assert";
import { DatabaseSync } from "node:sqlite";
import { sharedPool } from "../flow/shared_pool.ts";
import { Journal } from "./journal.ts";
import { count, falling } from "./routines.ts";
import { of, until } from "./until.ts";

const pool = sharedPool();

const HOUR = 3_600_000;

const SIZE = 100_000;

/** What a journal has besides the payloads. */
const REST = 20_000;

const FALLBACK = "fallback ".padEnd(SIZE, ".");
const GIVEN = "given ".padEnd(SIZE, ".");

/** Payloads stay, so that all that was ever written is counted. */
const options = { retention: { payloads: true } };

const policy = {
  onError: { strategy: "skip", fallback: { event: "item", payload: [FALLBACK] } } as const,
};

/** A flow in which three slots receive each event of a routine that fails, or waits in vain. */
function receiving(journal: Journal) {
  const flow = new Flow({ id: "receiving", store: journal.store(options), pool })
    .add("falling", falling, policy)
    .add("a", count)
    .add("b", count)
    .add("c", count);
  for (const to of ["a.item", "b.item", "c.item"] as const) {
    flow.connect("falling.item", to).connect("falling.$error", to);
  }
  return flow;
}

/** Counts the bytes in the events and large values of a journal. */
function bytesIn(journal: Journal): number {
  const db = new DatabaseSync(journal.path, { readOnly: true });
  const { bytes } = db.prepare(
    `SELECT (SELECT sum(octet_length(text) + coalesce(octet_length(rest), 0)) FROM events) +
       (SELECT sum(octet_length(coalesce(text, bytes))) FROM cells) AS bytes`,
  ).get() ?? {};
  db.close();
  return Number(bytes);
}

Deno.test("SqliteStore holds a fallback and a failed payload once for their receivers", async () => {
  using journal = new Journal();
  {
    await using flow = receiving(journal);
    const seen = Array.fromAsync(flow.events({ jobId: "job" }));
    const job = await flow.execute("falling.item", GIVEN, { jobId: "job" });
    assertEquals(job.sharedData, { count: 6 });
    // Given once at the start, once with the failure, and the fallback.
    assertBetween(bytesIn(journal), 3 * SIZE, 3 * SIZE + REST);
    assertEquals(plain(journal.events("job")), plain(await seen));
  }
  // Each receiver has it still, also where only one of them is executed again.
  await using flow = receiving(journal);
  for (const from of ["job/1", "job/3", "job/7"]) {
    const rerun = await flow.rerun("job", { from });
    assertEquals((await rerun.waitForCompletion()).sharedData, { count: 6 });
  }
});

Deno.test("SqliteStore holds the fallback of a wait once for its receivers", async () => {
  using journal = new Journal();
  await using flow = receiving(journal);
  const seen = Array.fromAsync(flow.events({ jobId: "job" }));
  const job = await flow.execute("falling.wait", 1, { jobId: "job" });
  assertEquals(job.sharedData, { count: 6 });
  assertBetween(bytesIn(journal), SIZE, SIZE + REST);
  assertEquals(plain(journal.events("job")), plain(await seen));
});

for (const early of [true, false]) {
  Deno.test(`SqliteStore holds the payload of ${early ? "an early" : "a"} signal once`, async () => {
    using journal = new Journal();
    {
      await using flow = receiving(journal);
      const events = flow.events();
      const seen = Array.fromAsync(flow.events({ jobId: "job" }));
      const job = flow.start("falling.wait", HOUR, { jobId: "job" });
      if (early) flow.signal(job, "word", GIVEN);
      await until(events, of("activation_completed"));
      if (!early) flow.signal(job, "word", GIVEN);
      await job.waitForCompletion();
      assertBetween(bytesIn(journal), SIZE, SIZE + REST);
      const stored = journal.events("job");
      assertEquals(plain(stored), plain(await seen));
      using reader = journal.store({ readOnly: true });
      for (const { seq } of stored) {
        assertEquals(reader.read("job", seq)?.events, stored.slice(seq));
      }
    }
    await using flow = receiving(journal);
    for (const from of ["job/1", "job/2"]) {
      const rerun = await flow.rerun("job", { from, jobId: `again from ${from}` });
      if (from === "job/1") flow.signal(rerun, "word", GIVEN);
      assertEquals((await rerun.waitForCompletion()).status, "completed");
    }
    const delivered = journal.events("again from job/2").filter(of("signal_delivered"));
    assert(
      delivered.every((event) => "activation" in event && event.activation?.payload === GIVEN),
    );
    assertEquals(delivered.length, 1);
  });
}

Deno.test("Flow.recover() delivers a signal that was stored with its payload once", async () => {
  using journal = new Journal();
  {
    await using flow = receiving(journal);
    const job = flow.start("falling.wait", HOUR, { jobId: "job", delay: 20 });
    flow.signal(job, "word", GIVEN);
    await flow.flush();
    journal.crash();
  }
  await using flow = receiving(journal);
  const [job] = await flow.recover();
  assertEquals((await job?.waitForCompletion())?.status, "completed");
  assertBetween(bytesIn(journal), SIZE, SIZE + REST);
});

/** JobEvents without fields that are `undefined`, which a journal leaves out. */
function plain(events: readonly JobEvent[]): unknown {
  return JSON.parse(JSON.stringify(events));
}

function assertBetween(actual: number, least: number, most: number): void {
  assertGreater(actual, least);
  assertLess(actual, most);
}
