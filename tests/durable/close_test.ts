import { Flow } from "@millrace/flow";
import { ClosedError } from "@millrace/flow/errors";
import { MemoryStore, type Store } from "@millrace/flow/store";
import { assertEquals, assertRejects } from "@std/assert";
import { delay } from "@std/async/delay";
import { sharedPool } from "../flow/shared_pool.ts";
import { within } from "../flow/within.ts";
import { Journal } from "./journal.ts";
import { HeldLock } from "./lock.ts";
import { count, gated } from "./routines.ts";
import { of, until } from "./until.ts";

const pool = sharedPool();

function closing(store: Store) {
  return new Flow({ id: "closing", store, pool })
    .add("gate", gated)
    .add("count", count)
    .connect("gate.item", "count.item");
}

/** A job that executes, and one that waits for its time. */
async function twoJobs(flow: ReturnType<typeof closing>, lock: HeldLock) {
  const events = flow.events();
  const executing = flow.start("gate.lock", lock.name, { jobId: "executing" });
  const delayed = flow.start("count.item", 1, { jobId: "delayed", delay: 3_600_000 });
  await until(events, of("activation_started"));
  return [executing, delayed] as const;
}

Deno.test("Flow.close() leaves durable jobs to Flow.recover()", async () => {
  using journal = new Journal();
  using lock = await HeldLock.take();
  const flow = closing(journal.store());
  const jobs = await twoJobs(flow, lock);
  const waiting = jobs.map((job) => assertRejects(() => job.waitForCompletion(), ClosedError));
  await flow.close();
  await Promise.all(waiting);
  assertEquals(jobs.map(({ status }) => status), ["running", "pending"]);

  lock[Symbol.dispose]();
  await using next = closing(journal.store());
  const [executing, delayed] = await next.recover();
  await executing?.waitForCompletion();
  assertEquals([executing?.sharedData, executing?.counts.retries], [{ count: 1 }, 0]);
  assertEquals(executing?.errors, []);
  assertEquals(delayed?.status, "pending");
});

Deno.test("JobState.waitForCompletion() rejects for jobs left by Flow.close()", async () => {
  using journal = new Journal();
  const flow = closing(journal.store());
  flow.pause();
  const left = flow.start("count.item", 1);
  const ended = flow.cancel(flow.start("count.item", 1));
  await flow.close();
  await assertRejects(() => within(left.waitForCompletion()), ClosedError);
  assertEquals((await within(ended.waitForCompletion())).status, "cancelled");
});

Deno.test('CloseOptions.jobs "cancel" cancels durable jobs', async () => {
  using journal = new Journal();
  using lock = await HeldLock.take();
  const flow = closing(journal.store());
  const jobs = await twoJobs(flow, lock);
  await flow.close({ jobs: "cancel" });
  assertEquals(jobs.map(({ status }) => status), ["cancelled", "cancelled"]);
  await using next = closing(journal.store());
  assertEquals(await next.recover(), []);
  assertEquals(next.job("delayed")?.status, "cancelled");
});

Deno.test("Flow.close() cancels jobs of a non-durable store", async () => {
  using lock = await HeldLock.take();
  const flow = closing(new MemoryStore());
  const jobs = await twoJobs(flow, lock);
  await flow.close();
  assertEquals(jobs.map(({ status }) => status), ["cancelled", "cancelled"]);
});

Deno.test("Flow.close() unlocks the journal file", async () => {
  using journal = new Journal();
  await closing(journal.store()).close();
  const first = closing(journal.store());
  await first.execute("count.item", 1);
  await first.close();
  journal.store().close();
});

Deno.test("SqliteStore.close() unlocks the file while processes start", async () => {
  using journal = new Journal();
  const worker = new Worker(import.meta.resolve("./spawning_worker.ts"), { type: "module" });
  let isDone = false;
  worker.onmessage = () => isDone = true;
  do {
    for (let i = 0; i < 5; i++) journal.store().close();
    await delay(0);
  } while (!isDone);
  worker.terminate();
});
