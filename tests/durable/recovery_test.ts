import { Flow, type JobState, type JobStateJson } from "@millrace/flow";
import { UnknownActivationError, UnknownJobError } from "@millrace/flow/errors";
import type { WorkerPool } from "@millrace/flow/pool";
import type { Store } from "@millrace/flow/store";
import {
  assert,
  assertEquals,
  assertRejects,
  assertStrictEquals,
  assertStringIncludes,
  assertThrows,
} from "@std/assert";
import { sharedPool } from "../flow/shared_pool.ts";
import { HANGS } from "../routines/latches.ts";
import { Journal } from "./journal.ts";
import { HeldLock } from "./lock.ts";
import { count, failing, gated, keep } from "./routines.ts";
import { of, until } from "./until.ts";

const pool = sharedPool();

/** Three stages, of which the second waits for a lock. */
function stages(store: Store, by: WorkerPool = pool) {
  return new Flow({ id: "stages", store, pool: by })
    .add("first", keep)
    .add("gate", gated)
    .add("last", count)
    .connect("first.item", "gate.lock")
    .connect("gate.item", "last.item");
}

/** Counts the starts of each routine in the stream of a job. */
function begun(journal: Journal, jobId: string): Record<string, number> {
  const begun: Record<string, number> = {};
  for (const event of journal.events(jobId)) {
    if (event.type !== "activation_started") continue;
    begun[event.routineId] = (begun[event.routineId] ?? 0) + 1;
  }
  return begun;
}

function linesOf({ executionHistory }: Pick<JobState, "executionHistory">): string[] {
  return executionHistory.map(({ event, routineId, attempt }) =>
    `${routineId} ${event} ${attempt}`
  );
}

Deno.test("Flow.cancel() requires Flow.recover() for an unfinished job", async () => {
  using journal = new Journal();
  const make = () => new Flow({ id: "asked", store: journal.store(), pool }).add("keep", keep);
  {
    await using flow = make();
    await flow.execute("keep.item", 1, { jobId: "ended" });
    flow.pause(flow.start("keep.item", 2, { jobId: "left" }));
  }
  const before = journal.events("ended");
  await using flow = make();
  const calls: Record<string, (jobId: string) => void> = {
    pause: (jobId) => flow.pause(jobId),
    resume: (jobId) => flow.resume(jobId),
    cancel: (jobId) => flow.cancel(jobId),
    signal: (jobId) => flow.signal(jobId, "go"),
  };
  const cancelActivation = (jobId: string) => flow.cancelActivation(jobId, `${jobId}/1`);
  for (const at of ["before recover", "after"]) {
    for (const call of Object.values(calls)) call("ended");
    assertThrows(() => cancelActivation("ended"), UnknownActivationError);
    assertEquals(flow.cancel("ended").status, "completed");
    if (at === "after") break;
    for (const call of [...Object.values(calls), cancelActivation]) {
      assertThrows(() => call("left"), UnknownJobError, "flow.recover()");
    }
    const waiting = flow.job("left")?.waitForCompletion({ timeout: HANGS });
    await assertRejects(async () => await waiting, UnknownJobError, "flow.recover()");
    await flow.recover();
  }
  assertEquals(flow.cancel("left").status, "cancelled");
  await flow.flush();
  assertEquals(journal.events("ended"), before);
});

Deno.test("Flow.job() reads an ended job after a restart", async () => {
  using journal = new Journal();
  const make = () =>
    new Flow({ id: "ends", store: journal.store(), pool }).add("keep", keep).add("fails", failing)
      .connect("keep.item", "fails.times");
  let before: Pick<JobState, "spans"> & { readonly json: JobStateJson };
  {
    await using flow = make();
    const job = await flow.execute("keep.item", 1, { jobId: "job" });
    assertEquals(job.status, "failed");
    before = { json: job.toJSON(), spans: job.spans };
  }
  await using flow = make();
  assertEquals(await flow.recover(), []);
  const after = flow.job("job");
  assertEquals(after?.toJSON(), before.json);
  assertEquals(after?.spans, before.spans);
  assertEquals(after?.error?.message, "attempt 1");
  assertStrictEquals(await after?.waitForCompletion(), after);
  assertEquals(flow.job("stranger"), undefined);
});

Deno.test("Flow.recover() continues after the last commit", async () => {
  using journal = new Journal();
  let undisturbed: Pick<JobState, "sharedData" | "sharedLog" | "executionHistory" | "createdAt">;
  {
    using lock = await HeldLock.take();
    await using flow = stages(journal.store());
    const events = flow.events();
    const job = flow.start("first.item", lock.name, { jobId: "job" });
    await until(events, (event) => event.type === "activation_started" && event.slot === "lock");
    journal.crash();
    lock[Symbol.dispose]();
    const { sharedData, sharedLog, executionHistory, createdAt } = await job.waitForCompletion();
    undisturbed = { sharedData, sharedLog, executionHistory, createdAt };
  }
  await using flow = stages(journal.store());
  const [job] = await flow.recover();
  await job?.waitForCompletion();
  assertEquals(begun(journal, "job"), { first: 1, gate: 2, last: 1 });
  assertEquals(job?.sharedData, undisturbed.sharedData);
  assertEquals(job?.sharedLog.length, undisturbed.sharedLog.length);
  assert(job !== undefined);
  const lost = (line: string) => line === "gate lost 1" || line === "gate started 2";
  const asFirst = (line: string) => line.replace("gate completed 2", "gate completed 1");
  const lines = linesOf(job).filter((line) => !lost(line));
  assertEquals(
    lines.map((line) => asFirst(line).replace("emitted 2", "emitted 1")),
    linesOf(undisturbed),
  );
  assertEquals(job.createdAt, undisturbed.createdAt);
});

Deno.test("Flow.recover() repeats no flushed effects", async () => {
  using journal = new Journal();
  {
    using lock = await HeldLock.take();
    await using flow = stages(journal.store());
    const events = flow.events();
    flow.start("gate.flushing", lock.name, { jobId: "job" });
    await until(events, of("activation_completed"));
    journal.crash();
    lock[Symbol.dispose]();
  }
  await using flow = stages(journal.store());
  const [job] = await flow.recover();
  await job?.waitForCompletion();
  assertEquals(begun(journal, "job"), { gate: 2, last: 2 });
  assertEquals(job?.sharedData, { flushed: 1, count: 2 });
});

Deno.test("Flow.recover() recovers a job once", async () => {
  using journal = new Journal();
  using lock = await HeldLock.take();
  {
    await using flow = stages(journal.store());
    const events = flow.events();
    flow.start("gate.lock", lock.name, { jobId: "job" });
    await until(events, of("activation_started"));
  }
  await using flow = stages(journal.store());
  const [job] = await flow.recover();
  assertEquals(await flow.recover(), []);
  assertStrictEquals(flow.job("job"), job);
  lock[Symbol.dispose]();
  await job?.waitForCompletion();
  assertEquals(job?.sharedData, { count: 1 });
});

Deno.test("Flow.recover() leaves jobs of other flows", async () => {
  using journal = new Journal();
  using lock = await HeldLock.take();
  {
    await using flow = stages(journal.store());
    flow.start("gate.lock", lock.name, { jobId: "job" });
    await flow.flush();
  }
  const before = journal.events("job");
  {
    await using other = new Flow({ id: "other", store: journal.store(), pool }).add("gate", gated);
    assertEquals(await other.recover(), []);
    assertEquals(other.job("job"), undefined);
  }
  assertEquals(journal.events("job"), before);
});

Deno.test("Flow.recover() completes a cancellation", async () => {
  using journal = new Journal();
  using lock = await HeldLock.take();
  {
    await using flow = stages(journal.store());
    const events = flow.events();
    flow.start("gate.lock", lock.name, { jobId: "job" });
    await until(events, of("activation_started"));
    flow.cancel("job", "enough");
    // It is stored before the worker can have answered.
    await flow.flush();
    journal.crash();
  }
  assertEquals(journal.events("job").at(-1)?.type, "job_stopping");
  await using flow = stages(journal.store());
  const [job] = await flow.recover();
  await job?.waitForCompletion();
  assertEquals(job?.status, "cancelled");
  assertStringIncludes(job?.error?.message ?? "", "was cancelled: enough");
});

Deno.test("Flow.recover() returns jobs in order of start", async () => {
  using journal = new Journal();
  using lock = await HeldLock.take();
  const jobIds = Array.from({ length: 50 }, (_, i) => `job_${i}`);
  {
    await using flow = stages(journal.store());
    for (const jobId of jobIds) flow.start("first.item", lock.name, { jobId });
    await flow.flush();
  }
  await using flow = stages(journal.store());
  const jobs = await flow.recover();
  assertEquals(jobs.map(({ jobId }) => jobId), jobIds);
  lock[Symbol.dispose]();
  await Promise.all(jobs.map((job) => job.waitForCompletion()));
  assertEquals(jobs.map(({ sharedData }) => sharedData.count), jobIds.map(() => 1));
});
