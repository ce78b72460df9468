// What is stored of one job is damaged: the others go on, and it can be deleted.

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

/** Ways in which what is stored of the job of number 2 can be damaged. */
const DAMAGE: Readonly<Record<string, string>> = {
  "a record is cut": "UPDATE events SET text = substr(text, 1, length(text) - 3) WHERE job = 2",
  "a record is senseless": "UPDATE events SET text = '[[1]]' WHERE job = 2",
  "a record is missing": "DELETE FROM events WHERE job = 2 AND last_seq = 1",
  "all is missing": "DELETE FROM events WHERE job = 2",
  "its snapshot is no snapshot": "INSERT INTO snapshots (job, seq, bytes) VALUES (2, 1, x'00')",
};

for (const [what, sql] of Object.entries(DAMAGE)) {
  Deno.test(`Flow.recover() takes over all jobs but the one of which ${what}`, async () => {
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

Deno.test("SqliteStore.unfinished() throws for a damaged job where nobody is to be called", async () => {
  using journal = new Journal();
  {
    using store = journal.store();
    await using flow = flowOver(store);
    for (const jobId of IDS) flow.start("approval.request", HOUR, { jobId });
    await flow.flush();
    await flow.close({ jobs: "keep" });
  }
  const db = new DatabaseSync(journal.path);
  db.exec(DAMAGE["a record is cut"]!);
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
