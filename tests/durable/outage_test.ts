// No process ran the jobs for a while: a job that waits fails of that only with `countOutages`.

import { Flow, type FlowOptions, type JobEvent, type JobState } from "@millrace/flow";
import { assert, assertEquals, assertGreater } from "@std/assert";
import { sharedPool } from "../flow/shared_pool.ts";
import { Journal } from "./journal.ts";
import { approval, count, failing, keep } from "./routines.ts";
import { of, until } from "./until.ts";

const pool = sharedPool();

const HOUR = 3_600_000;
const FLOW_ID = "outage";

function flowOver(journal: Journal, options: FlowOptions = {}) {
  const policy = { queueTimeout: HOUR, totalTimeout: HOUR };
  return new Flow({ id: FLOW_ID, store: journal.store(), pool, ...options })
    .add("keep", keep, policy)
    .add("count", count, policy)
    .add("failing", failing, policy)
    .add("approval", approval)
    .connect("keep.item", "count.item");
}

/** Jobs of a process that died hours ago, by what waits in them. */
const JOBS: Readonly<Record<string, (at: number) => object[]>> = {
  "is queued": (at) => [started(at, "keep", "item")],
  "has a timeout": (at) => [{ ...started(at, "keep", "item"), deadline: at + HOUR }],
  "waits for a signal": (at) => {
    const about = { activationId: "job/1", routineId: "approval", slot: "request", attempt: 1 };
    const { slot: _, ...asking } = about;
    const wait = { ...asking, waitId: "job?1", signal: "approval", slot: "approved" };
    return [
      started(at, "approval", "request"),
      { type: "activation_started", at, ...about, workerId: "w1" },
      {
        type: "activation_completed",
        at,
        ...about,
        ...{ workerId: "w1", startedAt: at, endedAt: at },
        effects: { emits: [], sharedData: [], sharedLog: [] },
        queued: [],
        waits: [{ ...wait, since: at, timeout: HOUR }],
        unrouted: 0,
      },
    ];
  },
  "waits for its retry": (at) => {
    const about = { activationId: "job/1", routineId: "failing", slot: "times", attempt: 1 };
    return [
      started(at, "failing", "times"),
      { type: "activation_started", at, ...about, workerId: "w1" },
      {
        type: "activation_retrying",
        at,
        ...about,
        error: { name: "Error", message: "no" },
        dueAt: at + HOUR / 2,
      },
    ];
  },
};

function started(at: number, routineId: string, slot: string): object {
  const activation = { activationId: "job/1", routineId, slot, payload: 1 };
  return { type: "job_started", at, flowId: FLOW_ID, activation };
}

function write(journal: Journal, jobId: string, happened: readonly object[]): void {
  using store = journal.store();
  store.open({ flowId: FLOW_ID, lines: [] });
  store.append(happened.map((event, i) => ({ ...event, jobId, seq: i + 1 }) as JobEvent));
}

async function recovered(journal: Journal, options: FlowOptions): Promise<JobState> {
  await using flow = flowOver(journal, options);
  const [job] = await flow.recover({ changed: "continue" });
  assert(job !== undefined);
  if (job.waitingFor.length > 0) flow.signal(job, "approval", "yes");
  return await job.waitForCompletion({ timeout: 30_000 });
}

for (const [what, happened] of Object.entries(JOBS)) {
  Deno.test(`Flow.recover() ignores the outage when a job ${what}`, async () => {
    using journal = new Journal();
    write(journal, "job", happened(Date.now() - 3 * HOUR));
    const job = await recovered(journal, {});
    assertEquals([job.status, job.errors], ["completed", []]);
  });
}

for (const what of ["is queued", "has a timeout"] as const) {
  Deno.test(`FlowOptions.countOutages fails a job that ${what}`, async () => {
    using journal = new Journal();
    write(journal, "job", JOBS[what]!(Date.now() - 3 * HOUR));
    const job = await recovered(journal, { countOutages: true });
    const name = what === "is queued" ? "ActivationTimeoutError" : "JobTimeoutError";
    assertEquals([job.status, job.error?.name], ["failed", name]);
  });
}

Deno.test("Flow.recover() preserves the remaining time of a wait", async () => {
  using journal = new Journal();
  const at = Date.now() - 3 * HOUR;
  write(journal, "job", JOBS["waits for a signal"]!(at));
  // An event of another job shows that the process ran for half an hour more.
  write(journal, "other", [started(at + HOUR / 2, "approval", "request")]);
  await using flow = flowOver(journal);
  const [job] = await flow.recover({ changed: "continue" });
  const { since = 0, timeout = 0 } = job?.waitingFor[0] ?? {};
  const left = since + timeout - Date.now();
  assert(left > 0.25 * HOUR && left < 0.75 * HOUR, `${left} ms are left`);
});

Deno.test("JobRecovered.outage counts from the job_left event", async () => {
  using journal = new Journal();
  {
    await using flow = flowOver(journal);
    const events = flow.events();
    flow.start("approval.request", HOUR, { jobId: "job" });
    await until(events, of("activation_completed"));
  }
  assertEquals(journal.events("job").at(-1)?.type, "job_left");
  await using flow = flowOver(journal);
  const [job] = await flow.recover();
  await flow.flush();
  const events = journal.events("job");
  const left = events.find(({ type }) => type === "job_left");
  const back = events.find((event) => event.type === "job_recovered");
  assertGreater(back?.at ?? 0, left?.at ?? Infinity);
  assert(back?.type === "job_recovered");
  assertEquals(back.outage, back.at - (left?.at ?? 0));
  assertEquals(job?.status, "running");
});

Deno.test("Flow.recover() measures the outage despite new jobs", async () => {
  using journal = new Journal();
  write(journal, "job", JOBS["has a timeout"]!(Date.now() - 3 * HOUR));
  await using flow = flowOver(journal);
  await flow.execute("keep.item", 2, { jobId: "new" });
  const [job] = await flow.recover({ changed: "continue" });
  await job?.waitForCompletion({ timeout: 30_000 });
  assertEquals([job?.jobId, job?.status, job?.errors], ["job", "completed", []]);
});
