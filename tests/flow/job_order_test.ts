// The order in which a flow executes its jobs: by priority, group and `maxJobs`.

import { assert, assertEquals, assertThrows } from "@std/assert";
import { Flow, type FlowOptions, type JobEvent } from "@millrace/flow";
import { InvalidOptionError } from "@millrace/flow/errors";
import { SqliteStore } from "@millrace/flow/sqlite";
import { emitter } from "../routines/basics.ts";
import { first, type Parcel, second, third } from "../routines/onward.ts";
import { until } from "../pool/until.ts";
import { sharedPool } from "./shared_pool.ts";

const pool = sharedPool();

Deno.test("Flow ends the first jobs of a loop first", async () => {
  await using flow = stages({ maxWorkers: 1 });
  const events = recordOf(flow);
  // Each takes so long that no other activation is placed behind it, at its worker.
  const parcel: Parcel = { marks: [], does: "awaits" };
  const jobs = Array.from({ length: 30 }, () => flow.start("second.parcel", parcel));
  await ends(events, jobs.length);
  const ended = idsOf(events, "job_completed");
  const places = jobs.map(({ jobId }, i) => Math.abs(ended.indexOf(jobId) - i));
  assert(Math.max(...places) < 5, `a job ended ${Math.max(...places)} places from its turn`);
});

Deno.test("Flow finishes first what a job has begun", async () => {
  await using flow = new Flow({ pool, maxWorkers: 1 })
    .add("emitter", emitter).add("second", second).add("third", third)
    .connect("emitter.item", "second.parcel" as never).connect("second.next", "third.parcel");
  const events = recordOf(flow);
  const parcels = Array.from({ length: 40 }, () => ({ marks: [], does: "awaits" }) as const);
  flow.start("emitter.items", parcels);
  await ends(events, 1);
  // The greatest number of parcels that wait between the two stages; all of them if they came in order.
  let waiting = 0;
  let most = 0;
  for (const event of events) {
    if (event.type === "activation_completed" && event.routineId === "second") waiting++;
    if (event.type === "activation_started" && event.routineId === "third") waiting--;
    most = Math.max(most, waiting);
  }
  assert(most < 10, `${most} of 40 waited`);
});

Deno.test("StartOptions.priority lets a job begin before others", async () => {
  await using flow = stages({ maxWorkers: 1 });
  const events = recordOf(flow);
  flow.pause();
  const jobs = [0, -1, 2, 1, undefined].map((priority) =>
    flow.start("third.parcel", { marks: [] }, { ...priority !== undefined && { priority } })
  );
  flow.resume();
  await ends(events, jobs.length);
  const order = idsOf(events, "activation_started").map((id) =>
    jobs.findIndex(({ jobId }) => jobId === id)
  );
  assertEquals(order, [2, 3, 0, 4, 1]);
});

Deno.test("StartOptions.group keeps many jobs of a group from delaying another one", async () => {
  await using flow = stages({ maxWorkers: 1 });
  const events = recordOf(flow);
  flow.pause();
  const flood = Array.from(
    { length: 500 },
    () => flow.start("third.parcel", { marks: [] }, { group: "a" }),
  );
  const other = flow.start("third.parcel", { marks: [] }, { group: "b" });
  flow.resume();
  await ends(events, flood.length + 1);
  assertEquals(idsOf(events, "activation_started").indexOf(other.jobId), 1);
});

Deno.test("Flow.execute() does not wait for all jobs that were started before", async () => {
  await using flow = stages({ maxWorkers: 1 });
  const events = recordOf(flow);
  flow.pause();
  const flood = Array.from({ length: 500 }, () => flow.start("third.parcel", { marks: [] }));
  const executed = flow.execute("third.parcel", { marks: [] });
  await until(() => flow.stats().jobs === 501);
  flow.resume();
  const { jobId } = await executed;
  await ends(events, flood.length + 1);
  assertEquals(idsOf(events, "activation_started").indexOf(jobId), 1);
});

for (const maxJobs of [1, 3]) {
  Deno.test(`FlowOptions.maxJobs limits the running jobs to ${maxJobs}`, async () => {
    await using flow = stages({ maxJobs });
    const events = recordOf(flow);
    flow.pause();
    const jobs = Array.from({ length: 40 }, () => flow.start("first.parcel", { marks: [] }));
    await flow.flush();
    assertEquals(flow.jobs.size, 40);
    flow.resume();
    await ends(events, jobs.length);
    const running = new Set<string>();
    let most = 0;
    for (const { type, jobId } of events) {
      if (type === "activation_started") running.add(jobId);
      if (type === "job_completed") running.delete(jobId);
      most = Math.max(most, running.size);
    }
    assert(most <= maxJobs, `${most} jobs were running`);
    assertEquals(jobs.map(({ status }) => status), jobs.map(() => "completed"));
  });
}

Deno.test("FlowOptions.maxJobs leaves other jobs pending until it is their turn", async () => {
  await using flow = stages({ maxJobs: 1 });
  const [job, other] = [1, 2].map(() => flow.start("second.parcel", { marks: [], does: "waits" }));
  assert(job !== undefined && other !== undefined);
  assertEquals([job.status, other.status], ["running", "pending"]);
  for await (const { type } of flow.events({ jobId: job.jobId })) {
    if (type === "activation_started") break;
  }
  assertEquals([job.executing.length, other.executing.length, other.status], [1, 0, "pending"]);
  flow.cancel(job);
  for await (const { type } of flow.events({ jobId: other.jobId })) {
    if (type === "activation_started") break;
  }
  assertEquals(other.status, "running");
  flow.cancel(other);
  await other.waitForCompletion();
});

Deno.test("FlowOptions.maxJobs does not count jobs that are paused", async () => {
  await using flow = stages({ maxJobs: 1 });
  const paused = flow.start("first.parcel", { marks: [] });
  flow.pause(paused);
  assertEquals((await flow.execute("first.parcel", { marks: [] })).status, "completed");
  flow.resume(paused);
  assertEquals((await paused.waitForCompletion()).status, "completed");
});

Deno.test("Flow.recover() preserves the priorities and groups of jobs", async () => {
  const folder = await Deno.makeTempDir();
  try {
    const path = `${folder}/jobs.db`;
    const ranks = [{ priority: 1, group: "a" }, { priority: 2.5 }, { group: "b" }, {}];
    {
      using store = closing(new SqliteStore(path));
      await using flow = stages({ store: store.store, id: "ranked" });
      flow.pause();
      ranks.forEach((rank, i) =>
        flow.start("third.parcel", { marks: [] }, { ...rank, jobId: `job_${i}` })
      );
      await flow.close({ jobs: "keep" });
    }
    using store = closing(new SqliteStore(path));
    await using flow = stages({ store: store.store, id: "ranked", maxWorkers: 1 });
    const events = recordOf(flow);
    const jobs = await flow.recover();
    for (const job of jobs) flow.resume(job);
    assertEquals(jobs.length, ranks.length);
    await ends(events, jobs.length);
    for (const [i, { priority, group }] of ranks.entries()) {
      const [started] = store.store.read(`job_${i}`)?.events ?? [];
      assert(started?.type === "job_started");
      assertEquals([started.priority, started.group], [priority, group]);
    }
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("StartOptions and FlowOptions refuse an invalid rank", () => {
  const flow = stages({});
  for (const priority of [NaN, Infinity, "1", null] as number[]) {
    assertThrows(() => flow.start("third.parcel", { marks: [] }, { priority }), InvalidOptionError);
  }
  for (const group of ["", "a\0", 1, null] as string[]) {
    assertThrows(() => flow.start("third.parcel", { marks: [] }, { group }), InvalidOptionError);
  }
  for (const maxJobs of [0, 1.5, -1, NaN, "1"] as number[]) {
    assertThrows(() => new Flow({ maxJobs }), InvalidOptionError);
  }
});

function stages(options: FlowOptions) {
  return new Flow({ pool, ...options })
    .add("first", first).add("second", second).add("third", third)
    .connect("first.next", "second.parcel").connect("second.next", "third.parcel");
}

/** Records the events of a flow from now on. */
function recordOf(flow: Flow): JobEvent[] {
  const events: JobEvent[] = [];
  void (async () => {
    for await (const event of flow.events()) events.push(event);
  })();
  return events;
}

/** Waits until the events of the ends of a number of jobs were recorded. */
async function ends(events: readonly JobEvent[], count: number): Promise<void> {
  await until(() => idsOf(events, "job_completed").length === count);
}

function idsOf(events: readonly JobEvent[], type: JobEvent["type"]): string[] {
  return events.flatMap((event) => event.type === type ? [event.jobId] : []);
}

function closing(store: SqliteStore): Disposable & { readonly store: SqliteStore } {
  return { store, [Symbol.dispose]: () => store.close() };
}
