import { Flow, type FlowOptions, type Policy } from "@millrace/flow";
import { assert, assertEquals, assertGreaterOrEqual } from "@std/assert";
import type { JobEvent } from "@millrace/flow";
import { sharedPool } from "../flow/shared_pool.ts";
import { Journal } from "./journal.ts";
import { approval, count, deferring, failing, keep } from "./routines.ts";
import { of, until } from "./until.ts";

const pool = sharedPool();

const HOUR = 3_600_000;

function waiting(journal: Journal, policy: Policy = {}, options: FlowOptions = {}) {
  return new Flow({ id: "waiting", store: journal.store(), pool, ...options })
    .add("keep", keep)
    .add("failing", failing, policy)
    .add("approval", approval, policy)
    .add("deferring", deferring)
    .add("count", count)
    .connect("deferring.item", "count.item");
}

function eventsOf<Type extends JobEvent["type"]>(
  journal: Journal,
  type: Type,
  jobId = "job",
): Extract<JobEvent, { readonly type: Type }>[] {
  const events = journal.events(jobId).filter(of(type));
  return events as Extract<JobEvent, { readonly type: Type }>[];
}

const retry = (delay: number) => ({
  onError: { strategy: "retry", delay, backoff: 1, maxRetries: 2 } as const,
});

Deno.test("Flow.recover() preserves the delay of a retry", async () => {
  using journal = new Journal();
  let dueAt: number;
  {
    await using flow = waiting(journal, retry(HOUR));
    const events = flow.events();
    flow.start("failing.times", 1, { jobId: "job" });
    await until(events, of("activation_retrying"));
    const [retrying] = eventsOf(journal, "activation_retrying");
    dueAt = retrying?.dueAt ?? 0;
  }
  await using flow = waiting(journal, retry(HOUR));
  const [job] = await flow.recover();
  await flow.flush();
  assertEquals([job?.status, job?.counts.queued, job?.counts.executing], ["running", 1, 0]);
  const retried = job?.executionHistory.find(({ event }) => event === "retrying");
  assertEquals(retried?.data?.dueAt, dueAt);
  assertEquals(eventsOf(journal, "activation_started").length, 1);
});

Deno.test("Flow.recover() begins a retry at its time", async () => {
  using journal = new Journal();
  {
    await using flow = waiting(journal, retry(40));
    const events = flow.events();
    flow.start("failing.times", 2, { jobId: "job" });
    await until(events, of("activation_retrying"));
  }
  await using flow = waiting(journal, retry(40));
  const [job] = await flow.recover();
  await job?.waitForCompletion();
  assertEquals(job?.sharedData, { attempts: 3 });
  const due = eventsOf(journal, "activation_retrying").map((event) => event.dueAt);
  const begun = eventsOf(journal, "activation_started").slice(1).map((event) => event.at);
  assertEquals([due.length, begun.length], [2, 2]);
  due.forEach((at, i) => assertGreaterOrEqual(begun[i] ?? 0, at));
});

Deno.test("Flow.resume() begins a waiting retry once", async () => {
  using journal = new Journal();
  await using flow = waiting(journal, retry(30));
  const events = flow.events();
  const job = flow.start("failing.times", 1, { jobId: "job" });
  await until(events, of("activation_retrying"));
  for (let i = 0; i < 3; i++) {
    flow.pause(job);
    flow.resume(job);
  }
  await job.waitForCompletion();
  assertEquals(job.sharedData, { attempts: 2 });
  assertEquals(eventsOf(journal, "activation_started").map(({ attempt }) => attempt), [1, 2]);
});

Deno.test("StartOptions.delay continues after a restart", async () => {
  using journal = new Journal();
  {
    await using flow = waiting(journal);
    flow.start("keep.item", 1, { jobId: "job", delay: HOUR });
    flow.start("keep.item", 2, { jobId: "soon", delay: 30 });
  }
  await using flow = waiting(journal);
  const [job, soon] = await flow.recover();
  await soon?.waitForCompletion();
  const [started] = eventsOf(journal, "activation_started", "soon");
  const [submitted] = eventsOf(journal, "job_started", "soon");
  assertGreaterOrEqual(started?.at ?? 0, submitted?.activation?.dueAt ?? Infinity);
  assertEquals([job?.status, job?.startedAt], ["pending", undefined]);
});

Deno.test("Flow.recover() begins overdue activations at once", async () => {
  using journal = new Journal();
  {
    using store = journal.store();
    const flow = { flowId: "waiting", lines: [] };
    store.open(flow);
    const activation = { activationId: "job/1", routineId: "keep", slot: "item", payload: 1 };
    const at = Date.now() - HOUR;
    store.append([{
      type: "job_started",
      jobId: "job",
      seq: 1,
      at,
      flowId: "waiting",
      activation: { ...activation, dueAt: at + HOUR / 2 },
    }]);
  }
  await using flow = waiting(journal);
  const [job] = await flow.recover({ changed: "continue" });
  assertEquals((await job?.waitForCompletion())?.sharedData, { keep: 1 });
});

Deno.test("Flow.recover() leaves a paused job paused", async () => {
  using journal = new Journal();
  {
    await using flow = waiting(journal);
    const job = flow.start("keep.item", 1, { jobId: "job" });
    flow.pause(job);
  }
  await using flow = waiting(journal);
  const [job] = await flow.recover();
  await flow.flush();
  assert(job !== undefined);
  assertEquals([job.status, job.counts.queued, job.counts.executing], ["paused", 1, 0]);
  flow.resume(job);
  assertEquals((await job.waitForCompletion()).sharedData, { keep: 1 });
});

for (const before of ["nothing", "pause"] as const) {
  Deno.test(`Flow.resume() resumes recovered jobs (${before} before)`, async () => {
    using journal = new Journal();
    {
      await using flow = waiting(journal);
      flow.pause(flow.start("keep.item", 1, { jobId: "apart" }));
      flow.start("keep.item", 2, { jobId: "with" });
      flow.pause();
    }
    await using flow = waiting(journal);
    if (before === "pause") flow.pause();
    const [apart, paused] = await flow.recover();
    assertEquals([apart?.status, paused?.status], ["paused", "paused"]);
    flow.resume();
    assertEquals([apart?.status, paused?.status], ["paused", "running"]);
    assertEquals((await paused?.waitForCompletion())?.sharedData, { keep: 2 });
    flow.resume("apart");
    assertEquals((await apart?.waitForCompletion())?.sharedData, { keep: 1 });
  });
}

Deno.test("EmitOptions.when holds activations across a restart", async () => {
  using journal = new Journal();
  {
    await using flow = waiting(journal);
    const events = flow.events();
    flow.start("deferring.item", 1, { jobId: "job" });
    await until(
      events,
      (event) => event.type === "activation_completed" && event.routineId === "count",
    );
  }
  await using flow = waiting(journal);
  const [job] = await flow.recover();
  await flow.flush();
  assert(job !== undefined);
  assertEquals([job.status, job.sharedData], ["running", { count: 1 }]);
  flow.resume(job);
  assertEquals((await job.waitForCompletion()).sharedData, { count: 2 });
});

Deno.test("StartOptions.timeout continues across a restart", async () => {
  using journal = new Journal();
  {
    await using flow = waiting(journal);
    flow.start("approval.request", HOUR, { jobId: "job", timeout: 60 });
    await flow.flush();
  }
  await using flow = waiting(journal);
  const [job] = await flow.recover();
  await job?.waitForCompletion();
  assertEquals([job?.status, job?.error?.name], ["failed", "JobTimeoutError"]);
});

Deno.test("Policy.totalTimeout continues across a restart with countOutages", async () => {
  using journal = new Journal();
  const policy = { ...retry(HOUR), totalTimeout: 2 * HOUR };
  const queuedAt = Date.now() - 2 * HOUR + 50;
  {
    using store = journal.store();
    store.open({ flowId: "waiting", lines: [] });
    const about = { activationId: "job/1", routineId: "failing", slot: "times" };
    const at = { jobId: "job", at: queuedAt };
    const error = { name: "Error", message: "attempt 1" };
    store.append([
      {
        type: "job_started",
        ...at,
        seq: 1,
        flowId: "waiting",
        activation: { ...about, payload: 9 },
      },
      { type: "activation_started", ...at, seq: 2, ...about, attempt: 1, workerId: "w1" },
      {
        type: "activation_retrying",
        ...{ ...at, seq: 3, ...about, attempt: 1, error },
        dueAt: queuedAt + 9 * HOUR,
      },
    ]);
  }
  await using flow = waiting(journal, policy, { countOutages: true });
  const [job] = await flow.recover({ changed: "continue" });
  await job?.waitForCompletion();
  assertEquals([job?.status, job?.error?.name], ["failed", "ActivationTimeoutError"]);
});

Deno.test("Flow.withdraw() is stored across a crash", async () => {
  using journal = new Journal();
  {
    await using flow = waiting(journal);
    for (const jobId of ["left", "later"]) {
      flow.start("approval.request", HOUR, { jobId });
      await until(flow.events({ jobId, after: 0 }), of("activation_completed"));
    }
    flow.withdraw("left", { signal: "approval", reason: "nobody is there" });
    await flow.flush();
    journal.crash();
  }
  await using flow = waiting(journal);
  const [later, ...others] = await flow.recover();
  assert(later !== undefined);
  assertEquals([later.jobId, others], ["later", []]);
  const left = flow.job("left");
  assertEquals([left?.status, left?.counts.withdrawn, left?.waitingFor], ["completed", 1, []]);
  assertEquals(left?.executionHistory.at(-1)?.event, "withdrawn");
  flow.withdraw(later, { waitId: later.waitingFor[0]?.waitId ?? "" });
  assertEquals((await later.waitForCompletion()).status, "completed");
});
