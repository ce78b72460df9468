// Emits with a delay on real workers.

import { Flow, type FlowOptions, type JobEvent, type Policy } from "@millrace/flow";
import { InvalidOptionError, QueueFullError } from "@millrace/flow/errors";
import { assert, assertEquals, assertGreaterOrEqual, assertInstanceOf } from "@std/assert";
import { type Delayed, note, postpone } from "../routines/delays.ts";
import { logged } from "./logged.ts";
import { nextEvent } from "./next_event.ts";
import { sharedPool } from "./shared_pool.ts";

const pool = sharedPool();

const HOUR = 3_600_000;

function postponing(options: FlowOptions = {}, policy: Policy = {}) {
  return new Flow({ pool, ...options })
    .add("postpone", postpone, policy)
    .add("note", note, policy)
    .connect("postpone.item", "note.item");
}

/** Executes a job, and returns it with its events. */
async function run(
  flow: ReturnType<typeof postponing>,
  items: readonly Delayed[],
  slot: "items" | "flushing" | "awaiting" = "items",
) {
  const reading = Array.fromAsync(flow.events({ jobId: "job" }));
  const job = await flow.execute(`postpone.${slot}`, items, { jobId: "job" });
  return { job, events: await reading };
}

/** Checks that no activation has begun before the time that its emit, in its commit, has set. */
function assertInTime(events: readonly JobEvent[]): void {
  const begun = new Map(
    events.flatMap((event) =>
      event.type === "activation_started" ? [[event.activationId, event.at]] : []
    ),
  );
  for (const event of events) {
    if (event.type !== "activation_completed" && event.type !== "activation_flushed") continue;
    for (const { activationId, emit = -1 } of event.queued) {
      const { delay = 0 } = event.effects.emits[emit] ?? {};
      assertGreaterOrEqual(begun.get(activationId) ?? 0, event.at + delay);
    }
  }
}

for (const executionStrategy of ["concurrent", "sequential"] as const) {
  for (const slot of ["items", "flushing", "awaiting"] as const) {
    Deno.test(`EmitOptions.delay delivers in the order of time (${executionStrategy} ${slot})`, async () => {
      await using flow = postponing({ executionStrategy, concurrency: 1, highWaterMark: 2 });
      const delays = [60, 30, 60, 0, 30, 60];
      const { job, events } = await run(flow, delays.map((delay, item) => ({ item, delay })), slot);
      assertInTime(events);
      assertEquals(job.status, "completed");
      // Only those with the same delay have a certain order, as commits may be far apart.
      for (const delay of delays) {
        const same = (logged(job) as number[]).filter((item) => delays[item] === delay);
        assertEquals(same, [...delays.keys()].filter((item) => delays[item] === delay));
      }
      if (slot === "items") assertEquals(logged(job), [3, 1, 4, 0, 2, 5]);
    });
  }
}

for (const delay of [NaN, Infinity, -1, "5", 1n, null, {}, new Date(5)]) {
  Deno.test(`EmitOptions.delay refuses ${Deno.inspect(delay)}`, async () => {
    await using flow = postponing();
    const { status, error } = await flow.execute("postpone.items", [{ item: 1, delay }]);
    assertEquals(status, "failed");
    assertInstanceOf(error, InvalidOptionError);
    assertEquals(error.option, "delay");
    assert(
      error.message.endsWith("; give it milliseconds of at least 0, and not Infinity"),
      error.message,
    );
  });
}

Deno.test("EmitOptions.delay accepts any other number of milliseconds", async () => {
  await using flow = postponing();
  const delays = [0, -0, undefined, Number.MIN_VALUE, 5, 1e15, Number.MAX_VALUE];
  const completed = nextEvent(flow, "activation_completed");
  const job = flow.start("postpone.items", delays.map((delay, item) => ({ item, delay })));
  const { effects, queued, at } = await completed;
  assertEquals(effects.emits.map(({ delay }) => delay), [undefined, undefined, ...delays.slice(2)]);
  assertEquals(queued.map(({ dueAt }) => dueAt && Math.round(dueAt - at)), [
    undefined,
    undefined,
    undefined,
    0,
    5,
    1e15,
    Number.MAX_VALUE,
  ]);
  while (job.counts.completed < 6) await nextEvent(flow, "activation_completed");
  assertEquals([job.status, job.counts.queued], ["running", 2]);
  flow.cancel(job);
  await job.waitForCompletion();
  assertEquals([job.status, job.counts.cancelled], ["cancelled", 2]);
});

Deno.test("EmitOptions.delay delays each receiver of a moved payload", async () => {
  await using flow = postponing().add("other", note).connect("postpone.item", "other.item");
  const bytes = { item: new Uint8Array([1, 2, 3]), delay: 20, moves: true };
  const { job, events } = await run(flow, [bytes]);
  assertInTime(events);
  assertEquals(logged(job), [[1, 2, 3], [1, 2, 3]]);
  await using single = postponing();
  const moved = await run(single, [{ ...bytes, item: new Uint8Array([4, 5]) }]);
  assertInTime(moved.events);
  assertEquals(logged(moved.job), [[4, 5]]);
});

Deno.test("EmitOptions.delay is no part of a repeated emit", async () => {
  const onError = { strategy: "retry", delay: 0 } as const;
  await using flow = postponing({ concurrency: 1 }, { onError });
  const job = await flow.execute("postpone.repeating", [1, 2]);
  assertEquals([job.status, job.counts.retries, logged(job)], ["completed", 1, [1, 2]]);
});

Deno.test("EmitOptions.delay goes on during a pause", async () => {
  await using flow = postponing();
  const completed = nextEvent(flow, "activation_completed");
  const job = flow.start("postpone.items", [
    { item: "soon", delay: 1 },
    { item: "later", delay: HOUR },
    { item: "held", delay: 1, when: "resumed" },
    { item: "held later", delay: HOUR, when: "resumed" },
  ]);
  const { queued: [soon] } = await completed;
  flow.pause(job);
  await new Promise((resolve) => setTimeout(resolve, 20));
  flow.resume(job);
  while (job.counts.completed < 3) await nextEvent(flow, "activation_completed");
  assertEquals(new Set(logged(job)), new Set(["soon", "held"]));
  assertEquals([job.status, job.counts.queued, job.counts.known], ["running", 2, 5]);
  const record = job.executionHistory.find(({ activationId }) =>
    activationId === soon?.activationId
  );
  assertEquals([record?.event, record?.data?.dueAt], ["queued", soon?.dueAt]);
  flow.cancel(job);
  assertEquals((await job.waitForCompletion()).counts.cancelled, 2);
});

for (const clock of ["queueTimeout", "totalTimeout"] as const) {
  Deno.test(`EmitOptions.delay does not count for ${clock}`, async () => {
    await using flow = postponing({}, { [clock]: 30_000 });
    const { job, events } = await run(flow, [{ item: 1, delay: 30 }]);
    assertEquals([job.status, logged(job)], ["completed", [1]]);
    assertInTime(events);
    await using paused = postponing({}, { [clock]: 10 });
    const completed = nextEvent(paused, "activation_completed");
    const long = paused.start("postpone.items", [{ item: 1, delay: HOUR }]);
    await completed;
    await new Promise((resolve) => setTimeout(resolve, 30));
    assertEquals([long.status, long.counts.queued], ["running", 1]);
    paused.cancel(long);
    await long.waitForCompletion();
  });
}

Deno.test("StartOptions.timeout runs while emits are delayed", async () => {
  await using flow = postponing();
  const items = [{ item: 1, delay: HOUR }];
  const job = await flow.execute("postpone.items", items, { timeout: 50 });
  assertEquals([job.status, job.error?.name], ["failed", "JobTimeoutError"]);
});

Deno.test("FlowOptions.highWaterMark counts delayed emits", async () => {
  await using flow = postponing({ highWaterMark: 4, concurrency: 2 });
  const items = Array.from({ length: 40 }, (_, item) => ({ item, delay: 2 }));
  const events = flow.events({ jobId: "job" });
  const job = flow.start("postpone.awaiting", items, { jobId: "job" });
  let most = 0;
  for await (const _ of events) most = Math.max(most, job.counts.queued);
  assertEquals([job.status, logged(job).length], ["completed", 40]);
  assert(most <= 12, `${most} queued`);
});

Deno.test("FlowOptions.highWaterMark lets delayed emits have the place of their emitter", async () => {
  await using flow = new Flow({ pool, highWaterMark: 1, concurrency: 2 })
    .add("postpone", postpone, { concurrency: 1 })
    .connect("postpone.item", "postpone.chained");
  const job = await flow.execute("postpone.chained", 6);
  assertEquals([job.status, job.counts.completed], ["completed", 7]);
});

Deno.test("FlowOptions.maxQueuedPerJob counts delayed emits", async () => {
  await using flow = postponing({ maxQueuedPerJob: 2 });
  const items = [1, 2, 3].map((item) => ({ item, delay: HOUR }));
  const { status, error } = await flow.execute("postpone.items", items);
  assertEquals(status, "failed");
  assertInstanceOf(error, QueueFullError);
});

Deno.test("FlowOptions.maxJobs counts no job that waits for delayed emits", async () => {
  await using flow = postponing({ maxJobs: 1 });
  const completed = nextEvent(flow, "activation_completed");
  const waiting = flow.start("postpone.items", [{ item: 1, delay: HOUR }]);
  await completed;
  assertEquals((await flow.execute("postpone.items", [{ item: 2 }])).status, "completed");
  flow.cancel(waiting);
  await waiting.waitForCompletion();
});

Deno.test("Flow.rerun() executes delayed emits at once", async () => {
  await using flow = postponing();
  const completed = nextEvent(flow, "activation_completed");
  const job = flow.start("postpone.items", [{ item: 1, delay: HOUR }]);
  const { queued: [delayed] } = await completed;
  flow.cancel(job);
  await job.waitForCompletion();
  const rerun = await flow.rerun(job, { from: delayed?.activationId ?? "" });
  await rerun.waitForCompletion();
  assertEquals([rerun.status, logged(rerun)], ["completed", [1]]);
});

Deno.test("WorkerPool.run() returns the delays of emits", async () => {
  const { emits } = await pool.run(postpone, "items", [{ item: 1, delay: 5 }, {
    item: 2,
  }]);
  assertEquals(emits.map(({ payload, delay }) => [payload, delay]), [[1, 5], [2, undefined]]);
});
