import { Flow } from "@millrace/flow";
import { UnfinishedJobError } from "@millrace/flow/errors";
import { MemoryStore, type Store } from "@millrace/flow/store";
import { assertEquals, assertNotStrictEquals, assertThrows } from "@std/assert";
import { sharedPool } from "../flow/shared_pool.ts";
import { Journal } from "./journal.ts";
import { keep } from "./routines.ts";

const pool = sharedPool();

const STORES: Readonly<Record<string, (journal: Journal) => Store>> = {
  MemoryStore: () => new MemoryStore(),
  SqliteStore: (journal) => journal.store(),
};

for (const [name, make] of Object.entries(STORES)) {
  Deno.test(`${name}.delete() removes a job and frees its id`, async () => {
    using journal = new Journal();
    const store = make(journal);
    {
      await using flow = new Flow({ store, pool }).add("keep", keep);
      const job = await flow.execute("keep.item", 1, { jobId: "job" });
      assertEquals(store.delete("job"), true);
      assertEquals([flow.jobs.size, store.jobs().length], [0, 0]);
      assertEquals(job.status, "completed");
      const again = await flow.execute("keep.item", 2, { jobId: "job" });
      assertNotStrictEquals(again, job);
      assertEquals(again.sharedData.keep, 2);
      flow.start("keep.item", 3, { jobId: "later", delay: 3_600_000 });
      await flow.flush();
      assertThrows(() => store.delete("later"), UnfinishedJobError, "cancel it");
      await flow.close({ jobs: "keep" });
    }
    assertEquals(store.delete("later"), true);
    store.close();
  });
}
