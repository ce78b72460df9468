// The clock is behind the journal's: a virtual machine was restored, or NTP has not set it yet.

import { Flow, type JobEvent, type JobState } from "@millrace/flow";
import { assert, assertAlmostEquals, assertEquals, assertGreaterOrEqual } from "@std/assert";
import { sharedPool } from "../flow/shared_pool.ts";
import { Journal } from "./journal.ts";
import { approval, count, failing, keep } from "./routines.ts";

const pool = sharedPool();

const HOUR = 3_600_000;
const FLOW_ID = "behind";
const NO_EFFECTS = { emits: [], sharedData: [], sharedLog: [] };

/** An event of a job, without the job and its number. */
type Happened = JobEvent extends infer Event
  ? Event extends JobEvent ? Omit<Event, "jobId" | "seq"> : never
  : never;

function flowOver(journal: Journal) {
  return new Flow({ id: FLOW_ID, store: journal.store(), pool })
    .add("keep", keep)
    .add("count", count)
    .add("failing", failing, { queueTimeout: HOUR, totalTimeout: HOUR })
    .add("approval", approval)
    .connect("keep.item", "count.item");
}

function write(journal: Journal, jobId: string, happened: readonly Happened[]): void {
  using store = journal.store();
  store.open({ flowId: FLOW_ID, lines: [] });
  store.append(happened.map((event, i) => ({ ...event, jobId, seq: i + 1 }) as JobEvent));
}

function started(at: number, routineId: string, slot: string, more: object = {}): Happened {
  const activation = { activationId: "job/1", routineId, slot, payload: 1, ...more };
  return { type: "job_started", at, flowId: FLOW_ID, activation };
}

/** Each job ends some milliseconds after it is recovered, by what it was asked to wait for. */
const JOBS: Readonly<Record<string, (at: number) => Happened[]>> = {
  "was queued": (at) => [started(at, "keep", "item")],
  "was executing": (at) => {
    const about = { activationId: "job/1", routineId: "keep", slot: "item", attempt: 1 };
    return [
      started(at, "keep", "item"),
      { type: "activation_started", at: at + 1, ...about, workerId: "w1" },
    ];
  },
  "had queued others": (at) => {
    const about = { activationId: "job/1", routineId: "keep", slot: "item", attempt: 1 };
    const queued = [{ ...about, activationId: "job/2", payload: 2 }].map(({ attempt: _, ...one }) =>
      one
    );
    const execution = { workerId: "w1", startedAt: at, endedAt: at };
    return [
      started(at, "keep", "item"),
      { type: "activation_started", at: at + 1, ...about, workerId: "w1" },
      {
        type: "activation_completed",
        at: at + 2,
        ...about,
        ...execution,
        effects: NO_EFFECTS,
        queued,
        unrouted: 0,
      },
    ];
  },
  "was resumed": (at) => [
    started(at, "keep", "item"),
    { type: "job_paused", at: at + 1 },
    { type: "job_resumed", at: at + 2 },
  ],
  "was recovered": (at) => [
    started(at, "keep", "item"),
    { type: "job_recovered", at: at + 1 },
  ],
  "was recovered with the clock behind": (at) => [
    started(at, "keep", "item"),
    { type: "job_recovered", at: at - HOUR },
  ],
  "was delayed": (at) => [started(at, "keep", "item", { dueAt: at + 50 })],
  "waited for its retry": (at) => {
    const about = { activationId: "job/1", routineId: "failing", slot: "times", attempt: 1 };
    return [
      started(at, "failing", "times"),
      { type: "activation_started", at: at + 1, ...about, workerId: "w1" },
      {
        type: "activation_retrying",
        at: at + 2,
        ...about,
        error: { name: "Error", message: "no" },
        dueAt: at + 52,
      },
    ];
  },
};

function assertInOrder(journal: Journal, job: JobState): void {
  const times = journal.events(job.jobId).map(({ at }) => at);
  const from = times.findIndex((at) => at === job.createdAt);
  times.slice(from).forEach((at, i, all) => assertGreaterOrEqual(at, all[i - 1] ?? 0));
}

for (const [what, happened] of Object.entries(JOBS)) {
  Deno.test(`Flow.recover() tolerates an earlier clock when a job ${what}`, async () => {
    using journal = new Journal();
    const at = Date.now() + HOUR;
    write(journal, "job", happened(at));
    await using flow = flowOver(journal);
    const [job] = await flow.recover({ changed: "continue" });
    assert(job !== undefined);
    await job.waitForCompletion({ timeout: 30_000 });
    assertEquals([job.status, job.errors], ["completed", []]);
    await flow.flush();
    if (!what.endsWith("behind")) assertInOrder(journal, job);
    // New jobs follow the clock.
    const fresh = await flow.execute("keep.item", 9);
    assertEquals(fresh.status, "completed");
    assertAlmostEquals(fresh.createdAt, Date.now(), HOUR / 2);
  });
}

Deno.test("WaitForOptions.timeout expires with the clock behind", async () => {
  using journal = new Journal();
  const at = Date.now() + HOUR;
  const about = { activationId: "job/1", routineId: "approval", slot: "request", attempt: 1 };
  const { slot: _, ...asking } = about;
  const wait = { ...asking, waitId: "job?1", signal: "approval", slot: "approved" };
  write(journal, "job", [
    started(at, "approval", "request"),
    { type: "activation_started", at, ...about, workerId: "w1" },
    {
      type: "activation_completed",
      at,
      ...about,
      ...{ workerId: "w1", startedAt: at, endedAt: at },
      effects: NO_EFFECTS,
      queued: [],
      waits: [{ ...wait, since: at, timeout: 40 }],
      unrouted: 0,
    },
  ]);
  await using flow = flowOver(journal);
  const [job] = await flow.recover({ changed: "continue" });
  await job?.waitForCompletion({ timeout: 30_000 });
  assertEquals([job?.status, job?.error?.name], ["failed", "SignalTimeoutError"]);
});
