// A value that is too large for the store fails the activation or the call that it came with.

import { Flow, type JobState } from "@millrace/flow";
import { StoreValueError } from "@millrace/flow/errors";
import {
  assertEquals,
  assertGreater,
  assertInstanceOf,
  assertLess,
  assertMatch,
  assertRejects,
  assertThrows,
} from "@std/assert";
import { startedWith } from "../../src/store/conformance/sample_events.ts";
import { encodeEvent } from "../../src/store/event_encoding.ts";
import { sharedPool } from "../flow/shared_pool.ts";
import { Journal } from "./journal.ts";
import { approval, count, keep, large, refusing } from "./routines.ts";
import { RefusingStore } from "./refusing_store.ts";

const pool = sharedPool();

const SIZE = 2 * RefusingStore.LIMIT;

const WAYS = ["emit", "data", "log", "state", "flush", "progress"] as const;

function refusingFlow(journal: Journal) {
  return new Flow({ id: "too_large", store: new RefusingStore(journal.path), pool })
    .add("strict", large)
    .add("loose", large, { onErrorOf: { StoreValueError: "continue" } })
    .add("retried", large, { onError: { strategy: "retry", delay: 0, maxRetries: 2 } })
    .add("count", count)
    .add("keep", keep)
    .add("approval", approval)
    .add("refusing", refusing)
    .connect("strict.item", "count.item")
    .connect("loose.item", "count.item")
    .connect("retried.item", "count.item")
    .connect("refusing.$error", "keep.item");
}

async function assertWellAfter(flow: ReturnType<typeof refusingFlow>): Promise<void> {
  await flow.flush();
  const job = await flow.execute("strict.by", { way: "emit", size: 10 });
  assertEquals([job.status, job.sharedData], ["completed", { count: 1 }]);
}

function assertRefused(job: JobState): void {
  const [error] = job.errors;
  assertInstanceOf(error, StoreValueError);
  assertMatch(error.message, /takes \d+, and/);
  assertEquals([error.jobId, error.slot], [job.jobId, "by"]);
}

for (const way of WAYS) {
  Deno.test(`StoreValueError follows the policy for an oversized ${way}`, async () => {
    using journal = new Journal();
    {
      await using flow = refusingFlow(journal);
      const strict = await flow.execute("strict.by", { way, size: SIZE }, { jobId: "strict" });
      assertEquals([strict.status, strict.sharedData], ["failed", {}]);
      assertRefused(strict);
      const loose = await flow.execute("loose.by", { way, size: SIZE });
      assertEquals([loose.status, loose.counts.failed], ["completed", 1]);
      assertRefused(loose);
      await assertWellAfter(flow);
    }
    await using flow = refusingFlow(journal);
    assertEquals(await flow.recover(), []);
    assertEquals(flow.job("strict")?.status, "failed");
    await assertWellAfter(flow);
  });
}

Deno.test("StoreValueError is retried by RetryStrategy", async () => {
  using journal = new Journal();
  await using flow = refusingFlow(journal);
  const job = await flow.execute("retried.by", { way: "emit", size: SIZE });
  assertEquals([job.status, job.counts.retries], ["failed", 2]);
  await assertWellAfter(flow);
});

Deno.test("Flow.start() refuses an oversized payload", async () => {
  using journal = new Journal();
  await using flow = refusingFlow(journal);
  const start = () => flow.start("keep.item", "x".repeat(SIZE), { jobId: "job" });
  const error = assertThrows(start, StoreValueError);
  assertEquals([error.flowId, error.jobId, error.routineId], ["too_large", "job", "keep"]);
  await assertRejects(() => flow.execute("keep.item", "x".repeat(SIZE)), StoreValueError);
  assertEquals([flow.jobs.size, journal.events("job")], [0, []]);
  assertEquals((await flow.execute("keep.item", 1, { jobId: "job" })).sharedData, { keep: 1 });
});

Deno.test("Flow.signal() refuses an oversized payload", async () => {
  using journal = new Journal();
  await using flow = refusingFlow(journal);
  const job = flow.start("approval.request", 60_000);
  assertThrows(() => flow.signal(job, "approval", "x".repeat(SIZE)), StoreValueError);
  flow.signal(job, "approval", "yes");
  await job.waitForCompletion();
  assertEquals([job.status, job.sharedData], ["completed", { approved: "yes" }]);
});

Deno.test("Flow.rerun() refuses an oversized payload", async () => {
  using journal = new Journal();
  {
    await using flow = new Flow({ id: "too_large", store: journal.store(), pool })
      .add("refusing", refusing);
    await flow.execute("refusing.item", "x".repeat(SIZE), { jobId: "job" });
  }
  await using flow = refusingFlow(journal);
  const rerun = () => flow.rerun("job", { from: "job/1", jobId: "rerun" });
  await assertRejects(rerun, StoreValueError, "takes");
  assertEquals([flow.jobs.has("rerun"), flow.job("rerun")], [false, undefined]);
  await assertWellAfter(flow);
});

Deno.test("JobState.error truncates an oversized error", async () => {
  using journal = new Journal();
  {
    await using flow = refusingFlow(journal);
    const job = await flow.execute("strict.by", { way: "throw", size: 3_000_000 }, {
      jobId: "job",
    });
    assertEquals(job.status, "failed");
    assertMatch(job.error?.message ?? "", /^x+… \(\d+ more characters\)$/);
    await assertWellAfter(flow);
  }
  await using flow = refusingFlow(journal);
  const { error } = flow.job("job") ?? {};
  assertGreater(error?.message.length ?? 0, 50_000);
  assertLess(error?.message.length ?? Infinity, 200_000);
  assertEquals((error as { text?: unknown }).text, "left out, as it takes 3 MB");
  assertEquals(error?.cause, "left out, as it takes 3 MB");
});

Deno.test("Flow.cancel() accepts a reason of any length", async () => {
  using journal = new Journal();
  await using flow = refusingFlow(journal);
  const job = flow.start("approval.request", 60_000);
  flow.cancel(job, "x".repeat(3_000_000));
  assertEquals((await job.waitForCompletion()).status, "cancelled");
  assertLess(job.error?.message.length ?? Infinity, 200_000);
});

Deno.test("FailedPayload fails the job when oversized", async () => {
  using journal = new Journal();
  await using flow = refusingFlow(journal);
  // With the slot and the error it takes a little more than the payload.
  const size = RefusingStore.LIMIT - 400;
  const job = await flow.execute("refusing.item", "x".repeat(size));
  assertEquals(job.status, "failed");
  assertInstanceOf(job.error, StoreValueError);
  assertMatch(String(job.error.cause), /Error: refused/);
  await assertWellAfter(flow);
});

Deno.test("encodeEvent() states the size limit of a value", () => {
  // A text that is repeated takes no memory until it is read.
  const huge = "x".repeat(2 ** 28 + 1);
  const error = assertThrows(() => encodeEvent(startedWith("a", 1, huge)), StoreValueError);
  assertEquals(
    error.message.split("; ")[0],
    "payload takes 257 MB, and a store takes 256 MB at most",
  );
  const parts = Array.from({ length: 5 }, () => "x".repeat(2 ** 26));
  assertThrows(() => encodeEvent(startedWith("a", 1, { parts })), StoreValueError, "payload takes");
  const bytes = { bytes: new Uint8Array(2 ** 28 + 1) };
  assertThrows(() => encodeEvent(startedWith("a", 1, bytes)), StoreValueError, "payload takes");
});
