// With a durable store ended jobs are not in memory, and answer still. The tests count the reads of the
// store, and observe the flow before it reads the next unfinished job.

import { assert, assertEquals, assertNotStrictEquals, assertStrictEquals } from "@std/assert";
import { Flow } from "@millrace/flow";
import type { WorkerPool } from "@millrace/flow/pool";
import type { Store, StoredJob } from "@millrace/flow/store";
import { sharedPool } from "../flow/shared_pool.ts";
import { Journal } from "./journal.ts";
import { count, keep, spread } from "./routines.ts";

const pool: WorkerPool = sharedPool();

/** More than are held in memory. */
const JOBS = 80;

function keeping(store: Store) {
  return new Flow({ id: "keeping", store, pool })
    .add("keep", keep)
    .add("spread", spread)
    .add("count", count)
    .connect("spread.item", "count.item");
}

/** A store in which the jobs that are read are counted, and looked at before the next is. */
function watched(store: Store, onNext: (jobId: string) => void = () => {}) {
  const seen = { reads: 0 };
  const methods: Record<PropertyKey, unknown> = {
    *unfinished(flowId: string): Generator<StoredJob, void> {
      for (const stored of store.unfinished(flowId)) {
        yield stored;
        onNext(stored.snapshot?.jobId ?? stored.events[0]?.jobId ?? "");
      }
    },
  };
  for (const name of ["read", "latest"] as const) {
    const method: unknown = Reflect.get(store, name);
    if (typeof method !== "function") continue;
    methods[name] = (...args: unknown[]) => (seen.reads++, Reflect.apply(method, store, args));
  }
  const proxy = new Proxy(store, {
    get(target, key) {
      const value: unknown = methods[key] ?? Reflect.get(target, key);
      return typeof value === "function" ? value.bind(target) : value;
    },
  });
  return { store: proxy, seen };
}

/** Runs jobs to their ends, one after the other. */
async function runJobs(flow: ReturnType<typeof keeping>) {
  const jobs = [];
  for (let i = 0; i < JOBS; i++) {
    jobs.push(
      await flow.start("keep.item", `item ${i}`, { jobId: `job_${i}` }).waitForCompletion(),
    );
  }
  return jobs;
}

Deno.test("Flow.jobs reads ended jobs from the store", async () => {
  using journal = new Journal();
  await using flow = keeping(journal.store());
  const jobs = await runJobs(flow);
  const ids = jobs.map(({ jobId }) => jobId);
  assertEquals([[...flow.jobs.keys()], flow.jobs.size], [ids, JOBS]);
  assert(flow.jobs.has("job_0") && !flow.jobs.has("job_x"));
  assertEquals(flow.jobs.get("job_0")?.toJSON(), jobs[0]?.toJSON());
  assertNotStrictEquals(flow.jobs.get("job_0"), jobs[0], "it was in memory");
  assertEquals(flow.job("job_1")?.sharedData, { keep: "item 1" });
  assertEquals([...flow.jobs.values()].map(({ sharedData }) => sharedData.keep).at(-1), "item 79");
  let seenByForEach = 0;
  flow.jobs.forEach(({ status }, jobId) => {
    assertEquals([status, jobId], ["completed", ids[seenByForEach++]]);
  });
  assertEquals(seenByForEach, JOBS);
});

Deno.test("Flow.job() caches the latest ended jobs", async () => {
  using journal = new Journal();
  const { store, seen } = watched(journal.store());
  await using flow = keeping(store);
  const jobs = await runJobs(flow);
  // A start under an id looks for the job.
  const started = seen.reads;
  assertStrictEquals(flow.job(`job_${JOBS - 1}`), jobs.at(-1), "the last to end is at hand");
  assertEquals(seen.reads, started);
  const first = flow.job("job_0");
  const reads = seen.reads;
  assertStrictEquals(flow.job("job_0"), first);
  assertEquals([reads > started, seen.reads], [true, reads]);
});

Deno.test("JobState is readable after its store is closed", async () => {
  using journal = new Journal();
  const store = journal.store();
  const flow = keeping(store);
  const jobs = await runJobs(flow);
  await flow.close();
  store.close();
  assertEquals(jobs.map(({ status, sharedData }) => [status, sharedData.keep]), [
    ...jobs.map((_, i) => ["completed", `item ${i}`]),
  ]);
  assertEquals(flow.jobs.get("job_0"), undefined);
  assertStrictEquals(flow.jobs.get(`job_${JOBS - 1}`), jobs.at(-1));
});

Deno.test("Flow.cancel() and Flow.signal() ignore ended stored jobs", async () => {
  using journal = new Journal();
  await using flow = keeping(journal.store());
  await runJobs(flow);
  flow.pause("job_0");
  flow.resume("job_0");
  flow.signal("job_0", "go");
  assertEquals(flow.cancel("job_0").status, "completed");
});

Deno.test("Flow.recover() adopts each job before reading the next", async () => {
  using journal = new Journal();
  {
    await using flow = keeping(journal.store());
    flow.pause();
    for (let i = 0; i < 10; i++) flow.start("keep.item", i, { jobId: `job_${i}` });
    await flow.flush();
  }
  const taken: boolean[] = [];
  const { store } = watched(journal.store(), (jobId) => taken.push(flow.jobs.has(jobId)));
  await using flow = keeping(store);
  const jobs = await flow.recover();
  assertEquals(taken, Array.from({ length: 10 }, () => true));
  assertEquals(jobs.map(({ jobId }) => jobId), Array.from({ length: 10 }, (_, i) => `job_${i}`));
  flow.resume();
  await Promise.all(jobs.map((job) => job.waitForCompletion()));
});

Deno.test("FlowChangedError leaves every job unrecovered", async () => {
  using journal = new Journal();
  {
    using store = journal.store();
    store.open({ flowId: "keeping", lines: ["other"] });
    for (const jobId of ["b", "a"]) {
      const entry = { routineId: "keep", slot: "item", payload: 1 };
      const activation = { activationId: `${jobId}/1`, ...entry };
      store.append([{ type: "job_started", jobId, flowId: "keeping", seq: 1, at: 1, activation }]);
    }
  }
  await using flow = keeping(journal.store());
  const error = await flow.recover().then(() => undefined, (error) => error);
  assertEquals([error?.name, flow.jobs.size], ["FlowChangedError", 0]);
});
