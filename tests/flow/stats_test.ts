// The present numbers of a flow, and the reasons for which a job waits.

import { assert, assertEquals } from "@std/assert";
import { type AddOptions, Flow, type FlowOptions, type JobWait } from "@millrace/flow";
import { WorkerPool } from "@millrace/flow/pool";
import { first, type Parcel, second, third } from "../routines/onward.ts";

const pool = new WorkerPool({ maxWorkers: 2, concurrency: 8, idleTimeout: Infinity });
Deno.test.afterAll(() => pool.close());

const STUCK: Parcel = { marks: ["a"], does: "waits" };
const HOUR = 3_600_000;

Deno.test("Flow.stats() counts the activations of each routine", async () => {
  await using flow = flowWith({ concurrency: 2 });
  assertEquals(flow.stats(), {
    jobs: 0,
    queued: 0,
    executing: 0,
    routines: ["first", "second", "third"].map((routineId) => ({ ...NOTHING, routineId })),
  });
  const jobs = Array.from({ length: 5 }, () => flow.start("second.parcel", STUCK));
  flow.start("third.parcel", STUCK, { delay: HOUR });
  await until(() => flow.stats().executing === 2);
  assertEquals(flow.stats(), {
    jobs: 6,
    queued: 4,
    executing: 2,
    routines: [
      { ...NOTHING, routineId: "first" },
      {
        ...NOTHING,
        routineId: "second",
        queued: 3,
        executing: 2,
        limited: 3,
        keys: 1,
        limits: [{ key: "", executing: 2, waiting: 3 }],
      },
      { ...NOTHING, routineId: "third", queued: 1, delayed: 1 },
    ],
  });
  for (const job of jobs) flow.cancel(job);
  await Promise.all(jobs.map((job) => job.waitForCompletion()));
  await until(() => flow.stats().executing === 0);
  const { queued, executing, routines } = flow.stats();
  assertEquals([queued, executing, routines[1]?.limited], [1, 0, 0]);
});

Deno.test("Flow.stats() lists the keys for which most activations wait", async () => {
  const limitBy = ({ marks }: Parcel) => marks[0] ?? "";
  await using flow = flowWith({ concurrency: 1, limitBy, rate: { limit: 5, per: HOUR } });
  for (let key = 20; key > 0; key--) {
    const starts = key === 19 ? 4 : key === 20 ? 3 : 1;
    for (let i = 0; i < starts; i++) {
      flow.start("second.parcel", { marks: [`key ${key}`], does: "waits" });
    }
  }
  // Eight execute at once, of the keys that were first; the others wait for a worker.
  await until(() => flow.stats().executing === 8);
  const { keys, limited, limits } = flow.stats().routines[1]!;
  assertEquals(limits.length, Math.min(10, keys));
  assertEquals(limits[0], { key: "key 19", executing: 1, waiting: 3, starts: 1 });
  assertEquals(limits[1], { key: "key 20", executing: 1, waiting: 2, starts: 1 });
  assertEquals(limited, 5);
});

Deno.test("Flow.stats() shows when a rate has room again", async () => {
  await using flow = flowWith({ rate: { limit: 1, per: HOUR } });
  await flow.execute("second.parcel", { marks: [] });
  flow.start("second.parcel", { marks: [] });
  await until(() => flow.stats().routines[1]?.limited === 1);
  const [limit] = flow.stats().routines[1]!.limits;
  assertEquals([limit?.starts, limit?.waiting, limit?.executing], [1, 1, 0]);
  assert(limit?.nextIn !== undefined && limit.nextIn > 0 && limit.nextIn <= HOUR);
});

Deno.test("Flow.stats() is empty once the flow is closed", async () => {
  const flow = flowWith({ concurrency: 1 });
  flow.start("second.parcel", STUCK);
  await flow.close();
  assertEquals([flow.stats().jobs, flow.stats().queued, flow.stats().executing], [0, 0, 0]);
});

Deno.test("JobState.waits names the limit of a routine and its key", async () => {
  const limitBy = ({ marks }: Parcel) => marks[0] ?? "";
  await using flow = flowWith({ concurrency: 1, limitBy });
  const job = flow.start("second.parcel", STUCK);
  const other = flow.start("second.parcel", STUCK);
  await until(() => job.counts.executing === 1 && other.waits[0]?.reason === "concurrency");
  assertEquals(job.waits, []);
  assertEquals(other.waits, [wait("concurrency", "second", { key: "a" })]);
});

Deno.test("JobState.waits names a rate and the time of its next room", async () => {
  await using flow = flowWith({ rate: { limit: 1, per: HOUR } });
  const before = await flow.execute("second.parcel", { marks: [] });
  const job = flow.start("second.parcel", { marks: [] });
  await until(() => job.waits[0]?.reason === "rate");
  const [{ until: at, ...rest }] = job.waits as [JobWait];
  assertEquals(rest, wait("rate", "second"));
  const startedAt = before.spans[0]?.startedAt ?? 0;
  assert(at !== undefined && at >= startedAt + HOUR - 1 && at < Date.now() + HOUR + 60_000);
});

Deno.test("JobState.waits names workers and delays and pauses and turns and signals", async () => {
  await using flow = flowWith({}, { concurrency: 1, maxWorkers: 1, maxJobs: 1 });
  const running = flow.start("second.parcel", STUCK);
  await until(() => running.counts.executing === 1);
  const pending = flow.start("third.parcel", STUCK);
  assertEquals(pending.waits, [wait("turn", "third")]);
  const delayed = flow.start("third.parcel", STUCK, { delay: HOUR });
  assertEquals(delayed.waits.map(({ reason }) => reason), ["time"]);
  flow.pause(delayed);
  assertEquals(delayed.waits, [wait("resume", "third")]);
  flow.cancel(delayed);
  await delayed.waitForCompletion();
  assertEquals(delayed.waits, []);

  await using busy = flowWith({}, { concurrency: 1, maxWorkers: 1 });
  const [one, two] = [0, 1].map(() => busy.start("second.parcel", STUCK));
  await until(() => one?.counts.executing === 1);
  assertEquals(two?.waits, [wait("worker", "second")]);
  busy.cancel(one!);
});

const NOTHING = { queued: 0, executing: 0, delayed: 0, limited: 0, keys: 0, limits: [] };

function wait(reason: JobWait["reason"], routineId: string, more: Partial<JobWait> = {}): JobWait {
  return { reason, routineId, count: 1, ...more };
}

function flowWith(
  options: AddOptions<object, typeof second.events, Parcel>,
  more: FlowOptions = {},
) {
  return new Flow({ pool, concurrency: 8, ...more })
    .add("first", first).add("second", second, options).add("third", third)
    .connect("first.next", "second.parcel").connect("second.next", "third.parcel");
}

async function until(isSo: () => boolean): Promise<void> {
  while (!isSo()) await new Promise((resolve) => setTimeout(resolve, 1));
}
