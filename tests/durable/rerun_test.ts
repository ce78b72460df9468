import { Flow, type JobState } from "@millrace/flow";
import {
  DuplicateJobError,
  InvalidOptionError,
  JobTimeoutError,
  UncloneableValueError,
  UnknownActivationError,
  UnknownJobError,
} from "@millrace/flow/errors";
import { MemoryStore } from "@millrace/flow/store";
import {
  assert,
  assertEquals,
  assertGreater,
  assertGreaterOrEqual,
  assertInstanceOf,
  assertRejects,
} from "@std/assert";
import { sharedPool } from "../flow/shared_pool.ts";
import { scribbler } from "../routines/basics.ts";
import { receiver } from "../routines/emits.ts";
import { Journal } from "./journal.ts";
import { HeldLock } from "./lock.ts";
import { approval, count, deferring, failing, gated, keep, spread } from "./routines.ts";
import { of, until } from "./until.ts";

const pool = sharedPool();

const HOUR = 3_600_000;

/** The first stage commits, and the second may fail unless `times` allows enough retries. */
function rerunning(journal: Journal, options: { totalTimeout?: number; times?: number } = {}) {
  const { totalTimeout = Infinity, times = Infinity } = options;
  return new Flow({ id: "rerunning", store: journal.store(), pool })
    .add("first", keep)
    .add("fails", failing, {
      totalTimeout,
      ...times < Infinity && { onError: { strategy: "retry", delay: 0, maxRetries: times } },
    })
    .add("last", count)
    .add("approval", approval)
    .add("deferring", deferring)
    .add("spread", spread)
    .add("gate", gated)
    .connect("deferring.item", "last.item")
    .connect("spread.item", "fails.times")
    .connect("spread.item", "gate.lock")
    .connect("first.item", "fails.times")
    .connect("fails.item", "last.item");
}

function activationOf(job: JobState, routineId: string): string {
  const record = job.executionHistory.find((record) => record.routineId === routineId);
  assert(record !== undefined, `${routineId} was never queued`);
  return record.activationId;
}

function startsOf(job: JobState): string[] {
  return job.executionHistory.flatMap(({ event, routineId }) =>
    event === "started" ? [routineId] : []
  );
}

Deno.test("Flow.rerun() takes over the earlier commits", async () => {
  using journal = new Journal();
  {
    await using flow = rerunning(journal);
    const job = await flow.execute("first.item", 1, { jobId: "job" });
    assertEquals([job.status, startsOf(job)], ["failed", ["first", "fails"]]);
  }
  const before = journal.events("job");
  await using flow = rerunning(journal, { times: 2 });
  const failed = flow.job("job");
  assert(failed !== undefined);
  const rerun = await flow.rerun("job", { from: activationOf(failed, "fails"), jobId: "rerun" });
  await rerun.waitForCompletion();
  assertEquals([rerun.jobId, rerun.status], ["rerun", "completed"]);
  assertEquals(rerun.sharedData, { first: 1, attempts: 2, count: 1 });
  assertEquals(rerun.routineStates.first, { item: 1 });
  const begun = journal.events("rerun").filter(({ type, at }) =>
    type === "activation_started" && at > (before.at(-1)?.at ?? 0)
  );
  assertEquals(begun.map((event) => Reflect.get(event, "routineId")), ["fails", "fails", "last"]);
  assertEquals(journal.events("job"), before);
  assertEquals(flow.job("job")?.status, "failed");
});

Deno.test("Flow.rerun() repeats everything from the entry", async () => {
  using journal = new Journal();
  await using flow = rerunning(journal);
  const job = await flow.execute("first.item", 0);
  const rerun = await flow.rerun(job, { from: activationOf(job, "first") });
  await rerun.waitForCompletion();
  assertEquals([rerun.status, rerun.sharedData], ["completed", job.sharedData]);
  const prefix = `${rerun.jobId}/`;
  assert(rerun.executionHistory.every(({ activationId }) => activationId.startsWith(prefix)));
});

Deno.test("Flow.rerun() creates a durable job", async () => {
  using journal = new Journal();
  {
    await using flow = rerunning(journal);
    const job = await flow.execute("first.item", 1, { jobId: "job" });
    flow.pause();
    await flow.rerun(job, { from: activationOf(job, "first"), jobId: "rerun" });
  }
  await using flow = rerunning(journal, { times: 1 });
  const [rerun] = await flow.recover();
  assertEquals([rerun?.jobId, rerun?.status], ["rerun", "paused"]);
  flow.resume("rerun");
  assertEquals((await rerun?.waitForCompletion())?.sharedData.count, 1);
});

Deno.test("Flow.rerun() restarts the time limits", async () => {
  using journal = new Journal();
  const old = Date.now() - 10 * HOUR;
  {
    using store = journal.store();
    store.open({ flowId: "rerunning", lines: [] });
    const activation = { activationId: "job/1", routineId: "fails", slot: "times", payload: 0 };
    const at = { jobId: "job", at: old };
    store.append([
      { type: "job_started", ...at, seq: 1, flowId: "rerunning", activation, deadline: old + HOUR },
      { type: "job_stopping", ...at, seq: 2, outcome: "failed", error: { name: "E", message: "" } },
      { type: "job_failed", ...at, seq: 3 },
    ]);
  }
  await using flow = rerunning(journal, { totalTimeout: HOUR });
  const rerun = await flow.rerun("job", { from: "job/1" });
  await rerun.waitForCompletion();
  assertEquals([rerun.status, rerun.errors], ["completed", []]);
});

Deno.test("Flow.rerun() restarts the wait for a signal", async () => {
  using journal = new Journal();
  const old = Date.now() - 10 * HOUR;
  {
    using store = journal.store();
    store.open({ flowId: "rerunning", lines: [] });
    const entry = { activationId: "job/1", routineId: "approval", slot: "request", payload: HOUR };
    const about = { activationId: "job/1", routineId: "approval", slot: "request", attempt: 1 };
    const wait = { ...about, waitId: "job?1", signal: "approval", slot: "approved" };
    const other = { ...entry, activationId: "job/2", payload: 2, routineId: "last", slot: "item" };
    const at = { jobId: "job", at: old };
    const effects = { emits: [], sharedData: [], sharedLog: [] };
    store.append([
      { type: "job_started", ...at, seq: 1, flowId: "rerunning", activation: entry },
      { type: "activation_started", ...at, seq: 2, ...about, workerId: "w1" },
      {
        type: "activation_completed",
        ...{ ...at, seq: 3, ...about, workerId: "w1", startedAt: old, endedAt: old, effects },
        queued: [other],
        waits: [{ ...wait, since: old, timeout: HOUR }],
        unrouted: 0,
      },
    ]);
  }
  await using flow = rerunning(journal);
  const rerun = await flow.rerun("job", { from: "job/2" });
  assertGreater(rerun.waitingFor[0]?.since ?? 0, old + HOUR);
  flow.signal(rerun, "approval", "in time");
  await rerun.waitForCompletion();
  assertEquals(rerun.errors, []);
  assertEquals(rerun.sharedData, { count: 1, approved: "in time" });
});

Deno.test("Flow.rerun() copies the payloads", async () => {
  const store = new MemoryStore();
  await using flow = new Flow({ pool, store }).add("scribbler", scribbler);
  const job = await flow.execute("scribbler.list", ["a"]);
  const from = activationOf(job, "scribbler");
  const reruns = [await flow.rerun(job, { from }), await flow.rerun(job, { from })];
  const payloads = [job, ...reruns].map(({ jobId }) => {
    const [started] = store.read(jobId)?.events ?? [];
    return started?.type === "job_started" ? started.activation?.payload : undefined;
  });
  assertEquals(payloads, [["a"], ["a"], ["a"]]);
  assertEquals(new Set(payloads).size, 3);
});

Deno.test("Flow.rerun() refuses a moved payload", async () => {
  await using flow = new Flow({ pool }).add("receiver", receiver);
  const bytes = new Uint8Array(8);
  const job = await flow.execute("receiver.bytes", { bytes }, { transfer: [bytes.buffer] });
  const from = activationOf(job, "receiver");
  const message = `payload of activation "${from}" was moved to a worker and is gone`;
  await assertRejects(() => flow.rerun(job, { from }), UncloneableValueError, message);
  assertEquals(flow.jobs.size, 1);
});

Deno.test("Flow.rerun() refuses unknown jobs and activations", async () => {
  using journal = new Journal();
  await using flow = rerunning(journal);
  const job = await flow.execute("first.item", 0, { jobId: "job" });
  const from = activationOf(job, "first");
  await assertRejects(() => flow.rerun("stranger", { from }), UnknownJobError);
  await assertRejects(() => flow.rerun(job, { from: "job/99" }), UnknownActivationError);
  await assertRejects(() => flow.rerun(job, { from, jobId: "job" }), DuplicateJobError);
  assertEquals(flow.jobs.size, 1);
});

Deno.test("Flow.rerun() creates a job with its own times", async () => {
  for (const durable of [true, false]) {
    using journal = new Journal();
    const store = durable ? journal.store() : new MemoryStore();
    await using flow = new Flow({ id: "listed", store, pool }).add("first", keep).add("last", count)
      .connect("first.item", "last.item");
    const job = await flow.execute("first.item", 1, { jobId: "job" });
    const other = await flow.execute("first.item", 2, { jobId: "other" });
    const rerun = await flow.rerun(job, { from: activationOf(job, "last"), jobId: "rerun" });
    await rerun.waitForCompletion();
    assertGreater(rerun.createdAt, other.createdAt);
    assertGreaterOrEqual(rerun.startedAt ?? 0, rerun.createdAt);
    assertGreaterOrEqual(rerun.endedAt ?? 0, rerun.startedAt ?? Infinity);
    await flow.flush();
    const listed = store.jobs();
    assertEquals(listed.map(({ jobId }) => jobId), ["rerun", "other", "job"]);
    assertEquals(listed[0]?.createdAt, rerun.createdAt);
    assertEquals(store.jobs({ since: rerun.createdAt }).length, 1);
    // The spans that it took over have the times of the other job.
    assertEquals(rerun.spans[0]?.startedAt, job.spans[0]?.startedAt);
  }
});

Deno.test("RerunOptions.timeout fails the new job", async () => {
  using journal = new Journal();
  using lock = await HeldLock.take();
  await using flow = rerunning(journal);
  const job = flow.start("gate.lock", lock.name, { timeout: HOUR });
  await until(flow.events(), of("activation_started"));
  const from = activationOf(job, "gate");
  await assertRejects(() => flow.rerun(job, { from, timeout: -1 }), InvalidOptionError);
  const rerun = await flow.rerun(job, { from, timeout: 30 });
  await rerun.waitForCompletion();
  assertEquals([rerun.status, job.status], ["failed", "running"]);
  assertInstanceOf(rerun.error, JobTimeoutError);
});

Deno.test("RerunOptions.signal cancels or refuses the new job", async () => {
  using journal = new Journal();
  await using flow = rerunning(journal);
  const job = await flow.execute("first.item", 0);
  const from = activationOf(job, "first");
  const controller = new AbortController();
  const { signal } = controller;
  flow.pause();
  const rerun = await flow.rerun(job, { from, signal });
  controller.abort("the user left");
  assertEquals((await rerun.waitForCompletion()).status, "cancelled");
  const reason: unknown = await flow.rerun(job, { from, signal }).catch((reason) => reason);
  assertEquals([reason, flow.jobs.size], ["the user left", 2]);
});

Deno.test("Flow.rerun() executes held activations", async () => {
  using journal = new Journal();
  await using flow = rerunning(journal);
  const job = flow.start("deferring.item", 1);
  await until(flow.events(), of("activation_completed"));
  await flow.flush();
  const from = activationOf(job, "last");
  const rerun = await flow.rerun(job, { from });
  await rerun.waitForCompletion({ timeout: 10_000 });
  assertEquals([rerun.status, rerun.sharedData], ["completed", { count: 2 }]);
});

Deno.test("Flow.rerun() repeats the failure of the other job", async () => {
  using journal = new Journal();
  // A text that is both the name of a lock and a number of times to fail.
  using lock = await HeldLock.take("4711");
  await using flow = rerunning(journal);
  const job = await flow.execute("spread.items", [lock.name]);
  assertEquals([job.status, job.error?.message], ["failed", "attempt 1"]);
  const rerun = await flow.rerun(job, { from: activationOf(job, "gate") });
  await rerun.waitForCompletion({ timeout: 10_000 });
  assertEquals([rerun.status, rerun.error?.message], ["failed", "attempt 1"]);
});
