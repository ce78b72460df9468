// Damage to the records of one job: the other jobs are recovered, and the damaged job can be deleted.

import { Flow } from "@millrace/flow";
import { StoreCorruptError, UnreadableJobsError } from "@millrace/flow/errors";
import type { SqliteStore } from "@millrace/flow/sqlite";
import { assertEquals, assertInstanceOf, assertRejects, assertThrows } from "@std/assert";
import { DatabaseSync } from "node:sqlite";
import { sharedPool } from "../flow/shared_pool.ts";
import { Journal } from "./journal.ts";
import { approval } from "./routines.ts";

const pool = sharedPool();

const HOUR = 3_600_000;

const IDS = ["job0", "job1", "job2"];

function flowOver(store: SqliteStore) {
  return new Flow({ id: "damaged", store, pool }).add("approval", approval);
}

/** Statements that damage the records of the job with the number 2, by the damage. */
const DAMAGE: Readonly<Record<string, string>> = {
  "a truncated record": "UPDATE events SET text = substr(text, 1, length(text) - 3) WHERE job = 2",
  "an invalid record": "UPDATE events SET text = '[[1]]' WHERE job = 2",
  "a missing record": "DELETE FROM events WHERE job = 2 AND last_seq = 1",
  "no records": "DELETE FROM events WHERE job = 2",
  "an invalid snapshot": "INSERT INTO snapshots (job, seq, bytes) VALUES (2, 1, x'00')",
};

for (const [damage, sql] of Object.entries(DAMAGE)) {
  Deno.test(`Flow.recover() leaves out a job with ${damage}`, async () => {
    using journal = new Journal();
    {
      using store = journal.store();
      await using flow = flowOver(store);
      for (const jobId of IDS) {
        flow.start("approval.request", HOUR, { jobId });
        await flow.flush();
      }
      await flow.close({ jobs: "keep" });
    }
    const db = new DatabaseSync(journal.path);
    db.exec(sql);
    db.close();
    using store = journal.store();
    await using flow = flowOver(store);
    for (let i = 0; i < 2; i++) {
      const error = await assertRejects(() => flow.recover(), UnreadableJobsError, `"job1"`);
      assertEquals(error.jobIds, ["job1"]);
      if (error.cause instanceof StoreCorruptError) assertEquals(error.cause.jobId, "job1");
    }
    assertEquals([...flow.jobs.keys()], ["job0", "job2"]);
    assertEquals(store.delete("job1"), true);
    assertEquals(await flow.recover(), []);
    assertThrows(() => store.delete("job0"), Error, "cancel it");
    const again = flow.start("approval.request", HOUR, { jobId: "job1" });
    await flow.flush();
    for (const job of [again, flow.job("job0")!, flow.job("job2")!]) {
      flow.cancel(job);
      assertInstanceOf((await job.waitForCompletion({ timeout: 30_000 })).error, Error);
    }
  });
}

Deno.test("SqliteStore.unfinished() throws without a callback for damaged jobs", async () => {
  using journal = new Journal();
  {
    using store = journal.store();
    await using flow = flowOver(store);
    for (const jobId of IDS) flow.start("approval.request", HOUR, { jobId });
    await flow.flush();
    await flow.close({ jobs: "keep" });
  }
  const db = new DatabaseSync(journal.path);
  db.exec(DAMAGE["a truncated record"]!);
  db.close();
  using store = journal.store();
  assertThrows(() => [...store.unfinished("damaged")], StoreCorruptError, `job "job1"`);
  const damaged: string[] = [];
  const others = [...store.unfinished("damaged", (jobId) => void damaged.push(jobId))];
  assertEquals([damaged, others.map(({ events }) => events[0]?.jobId)], [["job1"], [
    "job0",
    "job2",
  ]]);
});
