import { Flow } from "@millrace/flow";
import { assertEquals, assertGreater } from "@std/assert";
import { sharedPool } from "../flow/shared_pool.ts";
import { Journal } from "./journal.ts";
import { keep } from "./routines.ts";

const pool = sharedPool();

Deno.test("Flow.jobs forgets jobs beyond Retention.jobs", async () => {
  using journal = new Journal();
  const store = journal.store({ retention: { jobs: 3 } });
  await using flow = new Flow({ id: "forgetting", store, pool }).add("keep", keep);
  const delayed = flow.start("keep.item", 0, { jobId: "delayed", delay: 3_600_000 });
  const first = await flow.execute("keep.item", 1, { jobId: "job_1" });
  for (let i = 2; i <= 8; i++) await flow.execute("keep.item", i, { jobId: `job_${i}` });
  assertEquals([...flow.jobs.keys()], ["delayed", "job_6", "job_7", "job_8"]);
  assertEquals(flow.job("job_1"), undefined);
  assertEquals([first.status, first.sharedData], ["completed", { keep: 1 }]);
  assertEquals(delayed.status, "pending");
  assertGreater(flow.job("job_8")?.executionHistory.length ?? 0, 0);
});

Deno.test("Flow.start() accepts the id of a forgotten job", async () => {
  using journal = new Journal();
  const store = journal.store({ retention: { jobs: 0 } });
  await using flow = new Flow({ id: "forgetting", store, pool }).add("keep", keep);
  for (const payload of [1, 2]) {
    const job = await flow.execute("keep.item", payload, { jobId: "job" });
    assertEquals(job.sharedData, { keep: payload });
  }
});
