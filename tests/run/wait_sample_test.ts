import { assert, assertEquals } from "@std/assert";
import { delay } from "@std/async/delay";
import { type AddOptions, Flow, type FlowOptions, type JobWait } from "@millrace/flow";
import { WorkerPool } from "@millrace/flow/pool";
import { flowSource } from "../../src/run/flow_source.ts";
import { RunFollower } from "../../src/run/run_follower.ts";
import { rowOf } from "../../src/run/row_of.ts";
import type { RunSource } from "../../src/run/run_source.ts";
import { WaitSample } from "../../src/run/wait_sample.ts";
import { mostWaits, rowsWithWaits, withWaits } from "../../src/run/with_waits.ts";
import { fakeJob, fakeRoutine, fakeSnapshot } from "../monitor/fake_snapshot.ts";
import { first, type Parcel, second, third } from "../routines/onward.ts";

const pool = new WorkerPool({ maxWorkers: 2, concurrency: 8, idleTimeout: Infinity });
Deno.test.afterAll(() => pool.close());

const HOUR = 3_600_000;
const STUCK: Parcel = { marks: ["a.org"], does: "waits" };

function flowWith(
  options: AddOptions<object, typeof second.events, Parcel> = {},
  more: FlowOptions = {},
) {
  return new Flow({ pool, concurrency: 8, ...more })
    .add("first", first).add("second", second, options).add("third", third)
    .connect("first.next", "second.parcel").connect("second.next", "third.parcel");
}

async function until(holds: () => boolean): Promise<void> {
  for (const deadline = Date.now() + 60_000; !holds(); await delay(1)) {
    assert(Date.now() < deadline, "never happened");
  }
}

Deno.test("RunFollower.snapshot() shows the limits that activations and jobs wait for", async () => {
  const limitBy = ({ marks }: Parcel) => marks[0] ?? "";
  await using flow = flowWith({ concurrency: 1, limitBy });
  const jobs = ["one", "other"].map((jobId) => flow.start("first.parcel", STUCK, { jobId }));
  flow.start("third.parcel", STUCK, { delay: HOUR });
  await until(() => flow.stats().routines[1]?.limited === 1 && flow.stats().executing === 1);
  using follower = new RunFollower(flowSource(flow));
  await follower.caughtUp;
  const { routines, longestJobs } = follower.snapshot();
  assertEquals(routines.map(({ waits }) => waits), [
    { limited: 0, delayed: 0, keys: 0, limits: [] },
    {
      limited: 1,
      delayed: 0,
      keys: 1,
      limits: [{ key: "a.org", executing: 1, waiting: 1 }],
    },
    { limited: 0, delayed: 1, keys: 0, limits: [] },
  ]);
  const waits = Object.fromEntries(longestJobs.map(({ jobId, waits }) => [jobId, waits]));
  const limited = { reason: "concurrency", routineId: "second", count: 1, key: "a.org" };
  const expected = jobs.map(({ jobId, executing }) => [
    jobId,
    executing.length > 0 ? undefined : [limited],
  ]);
  assertEquals(waits, Object.fromEntries(expected));
});

Deno.test("RunFollower.snapshot() shows when a rate has room", async () => {
  await using flow = flowWith({ rate: { limit: 1, per: HOUR } });
  const { endedAt = 0 } = await flow.execute("second.parcel", { marks: [] });
  flow.start("second.parcel", { marks: [] });
  await until(() => flow.stats().routines[1]?.limited === 1);
  using follower = new RunFollower(flowSource(flow));
  const [limit] = follower.snapshot().routines[1]?.waits?.limits ?? [];
  assertEquals([limit?.starts, limit?.waiting], [1, 1]);
  assert(limit?.nextAt !== undefined && limit.nextAt > endedAt + HOUR - 60_000);
});

Deno.test("RunFollower.snapshot() has no waits for limits that a flow does not have", async () => {
  await using flow = flowWith();
  const job = flow.start("second.parcel", STUCK);
  await until(() => job.counts.executing === 1);
  using follower = new RunFollower(flowSource(flow));
  await follower.caughtUp;
  const { routines, longestJobs } = follower.snapshot();
  assertEquals([...routines, ...longestJobs].filter((one) => "waits" in one), []);
});

Deno.test("withWaits() says what a job waits for that executes nothing", async () => {
  await using flow = flowWith({}, { maxJobs: 1 });
  const job = flow.start("second.parcel", STUCK, { jobId: "busy" });
  await until(() => job.counts.executing === 1);
  flow.start("second.parcel", STUCK, { jobId: "pending" });
  const waitsOf = (jobId: string, counts = {}) =>
    withWaits(fakeJob(jobId, counts), flowSource(flow)).waits;
  assertEquals(waitsOf("pending", { queued: 1 }), [
    { reason: "turn", routineId: "second", count: 1 },
  ]);
  assertEquals(waitsOf("pending", { queued: 1, executing: 1 }), undefined);
  assertEquals(waitsOf("busy", { queued: 1 }), undefined);
  assertEquals(waitsOf("unknown", { queued: 1 }), undefined);
});

Deno.test("withWaits() leaves waits for workers out of a journal", async () => {
  await using flow = flowWith();
  flow.start("second.parcel", STUCK, { jobId: "job", delay: HOUR });
  const source = flowSource(flow);
  const waits: JobWait[] = [
    { reason: "worker", routineId: "second", count: 1 },
    { reason: "time", routineId: "second", count: 2 },
  ];
  const job = new Proxy(flow.job("job")!, {
    get: (target, name) => name === "waits" ? waits : Reflect.get(target, name),
  });
  const reasonsOf = (flow: RunSource["flow"]) =>
    withWaits(fakeJob("job", { queued: 3 }), { ...source, flow, job: () => job }).waits
      ?.map(({ reason }) => reason);
  assertEquals(reasonsOf(source.flow), ["time", "worker"]);
  assertEquals(reasonsOf(undefined), ["time"]);
  assertEquals(rowOf(job).waits?.map(({ reason }) => reason), ["time"]);
});

Deno.test("flowSource() has present numbers only of a flow in which a routine has a limit", async () => {
  const limits = [{}, { concurrency: Infinity }, { concurrency: 1 }, {
    rate: { limit: 1, per: 1 },
  }];
  const has: boolean[] = [];
  for (const limit of limits) {
    await using flow = flowWith(limit);
    has.push(flowSource(flow).stats?.() !== undefined);
  }
  assertEquals(has, [false, false, true, true]);
});

Deno.test("rowsWithWaits() looks up the jobs of a bounded number of activations", () => {
  const asked: string[] = [];
  const job = (jobId: string) => void asked.push(jobId);
  const rows = [
    fakeJob("busy", { executing: 1, queued: 100_000 }),
    fakeJob("small", { queued: 10 }),
    fakeJob("large", { queued: 49_990 }),
    fakeJob("late", { queued: 1 }),
  ];
  const source = { job: job as RunSource["job"], flow: undefined };
  assertEquals(rowsWithWaits(rows, source), rows);
  assertEquals(asked, ["small", "large"]);
});

Deno.test("mostWaits() chooses the waits of most activations", () => {
  const waits = [1, 5, 3].map((count) => ({ reason: "turn", routineId: "a", count }) as const);
  assertEquals(mostWaits(waits, 2).map(({ count }) => count), [5, 3]);
});

Deno.test("WaitSample asks for the present numbers at most once a second", () => {
  let asked = 0;
  const source: Pick<RunSource, "stats" | "job"> = {
    job: () => undefined,
    stats: () => {
      asked++;
      const numbers = { queued: 1, executing: 0, delayed: 0, limited: asked, keys: 1, limits: [] };
      return { jobs: 1, queued: 1, executing: 0, routines: [{ routineId: "a", ...numbers }] };
    },
  };
  const sample = new WaitSample(source as RunSource);
  const snapshot = fakeSnapshot({
    routines: [fakeRoutine("a", { queued: 1 })],
    longestJobs: [fakeJob("j")],
  });
  const before = Date.now();
  const shown = Array.from({ length: 100 }, () => sample.addTo(snapshot).routines[0]?.waits);
  // The second sample, and those after it, are each a second later than the one before.
  assert(asked <= 1 + (Date.now() - before) / 999);
  assertEquals(shown[0], { limited: 1, delayed: 0, keys: 1, limits: [] });
});

Deno.test("WaitSample shows no more waiting activations than are queued", () => {
  const limits = [{ key: "k", executing: 1, waiting: 3 }];
  const numbers = { queued: 5, executing: 1, delayed: 2, limited: 3, keys: 1, limits };
  const source: Pick<RunSource, "stats" | "job"> = {
    job: () => undefined,
    stats: () => ({ jobs: 1, ...numbers, routines: [{ routineId: "a", ...numbers }] }),
  };
  const sample = new WaitSample(source as RunSource);
  const waitsOf = (queued: number) =>
    sample.addTo(fakeSnapshot({ routines: [fakeRoutine("a", { queued })] })).routines[0]?.waits;
  assertEquals(waitsOf(5), { limited: 3, delayed: 2, keys: 1, limits });
  assertEquals(waitsOf(4), { limited: 3, delayed: 1, keys: 1, limits });
  assertEquals(waitsOf(2), { limited: 2, delayed: 0, keys: 1, limits });
  assertEquals(waitsOf(0), { limited: 0, delayed: 0, keys: 1, limits: [] });
});

Deno.test("WaitSample leaves the numbers of a journal as they are", () => {
  const snapshot = fakeSnapshot({ longestJobs: [fakeJob("j", { queued: 1 })] });
  const source: Pick<RunSource, "job"> = { job: () => undefined };
  assert(new WaitSample(source as RunSource).addTo(snapshot) === snapshot);
});
