// A worker that goes straight on from an activation to the one that follows: all is as if the host had sent it.

import { assert, assertEquals } from "@std/assert";
import {
  Flow,
  type FlowOptions,
  type JobEvent,
  type JobState,
  type RoutinePolicy,
} from "@millrace/flow";
import { WorkerPool } from "@millrace/flow/pool";
import { SqliteStore } from "@millrace/flow/sqlite";
import { MemoryStore } from "@millrace/flow/store";
import { first, type Parcel, second, third } from "../routines/onward.ts";
import { standStill } from "../routines/stand_still.ts";

Deno.test("Flow goes straight on in the worker of an activation", async () => {
  await using flow = await warmFlow();
  let job = await flow.execute("first.parcel", { marks: [] });
  // A busy machine may take longer than the time for which a worker goes straight on.
  for (let i = 0; i < 100 && job.sharedData.wentOn === false; i++) {
    job = await flow.execute("first.parcel", { marks: [] });
  }
  const { jobId } = job;
  assertEquals(job.sharedData, { first: 0, wentOn: true, marks: [`${jobId}/2 1`] });
  assertEquals(job.counts.completed, 3);
  const begun = job.executionHistory.filter(({ event }) => event === "started");
  assertEquals(
    begun.map(({ activationId }) => activationId),
    [1, 2, 3].map((n) => `${jobId}/${n}`),
  );
  for (const [i, span] of job.spans.entries()) {
    assert(span.startedAt <= span.endedAt && span.startedAt >= (job.spans[i - 1]?.endedAt ?? 0));
  }
});

Deno.test("Flow goes straight on with a copy of the payload", async () => {
  await using flow = await warmFlow();
  const job = await flow.execute("first.parcel", { marks: ["a"] });
  const emitted = job.executionHistory.flatMap(({ event, data }) =>
    event === "emitted" ? [(data?.payload as Parcel).marks.length] : []
  );
  assertEquals(emitted, [1, 2]);
});

Deno.test("Flow reports each event of a job whose worker goes straight on, in order", async () => {
  await using flow = await warmFlow();
  const events: JobEvent[] = [];
  const reader = (async () => {
    for await (const event of flow.events()) {
      events.push(event);
      if (event.type === "job_completed") return;
    }
  })();
  const job = await flow.execute("first.parcel", { marks: [] });
  await reader;
  assertEquals(events.map(({ type }) => type), [
    "job_started",
    ...Array(3).fill(["activation_started", "activation_completed"]).flat(),
    "job_completed",
  ]);
  assertEquals(events.map(({ seq }) => seq), events.map((_, i) => i + 1));
  assertEquals(job.status, "completed");
});

for (const does of ["awaits", "asks", "fails", "reports", "dies"] as const) {
  Deno.test(`Flow goes straight on to a routine that ${does}`, async () => {
    const events: JobEvent[] = [];
    await using flow = await warmFlow({ onError: { strategy: "retry", maxRetries: 1, delay: 0 } });
    void (async () => {
      for await (const event of flow.events()) events.push(event);
    })();
    const job = await flow.execute("first.parcel", { marks: [], does });
    await flow.flush();
    const { jobId } = job;
    const isRepeated = does === "fails" || does === "dies";
    assertEquals(job.status, "completed");
    assertEquals(job.sharedData.marks, [`${jobId}/2 ${isRepeated ? 2 : 1}`]);
    assertEquals(job.counts.retries, isRepeated ? 1 : 0);
    const retried = events.flatMap((event) => event.type === "activation_retrying" ? [event] : []);
    assertEquals(retried.map(({ routineId }) => routineId), isRepeated ? ["second"] : []);
    if (does === "asks") assertEquals(job.sharedLog.map(({ data }) => data), [0]);
    const reported = events.filter(({ type }) => type === "activation_progressed");
    assertEquals(reported.map((event) => "activationId" in event && event.activationId), [
      ...does === "reports" ? [`${jobId}/2`] : [],
    ]);
  });
}

Deno.test("Flow.cancel() stops an activation to which a worker went straight on", async () => {
  await using flow = await warmFlow();
  const job = flow.start("first.parcel", { marks: [], does: "waits" });
  await executing(flow, job, "second");
  flow.cancel(job);
  await job.waitForCompletion();
  assertEquals([job.status, job.counts.completed, job.counts.cancelled], ["cancelled", 1, 1]);
  assertEquals((await flow.execute("first.parcel", { marks: [] })).status, "completed");
});

Deno.test("Flow.cancel() stops several activations to which a worker went straight on", async () => {
  const errors: Error[] = [];
  await using pool = new WorkerPool({ maxWorkers: 1, onUncaught: (error) => errors.push(error) });
  await using flow = await warmFlow({ pool });
  for (let round = 0; round < 20; round++) {
    const job = flow.start("first.parcel", { marks: [] });
    await meanwhile();
    flow.cancel(job);
    await job.waitForCompletion();
    const { executing, queued, completed, cancelled, known } = job.counts;
    assertEquals([executing, queued, completed + cancelled], [0, 0, known]);
  }
  assertEquals(errors, []);
  assertEquals((await flow.execute("first.parcel", { marks: [] })).status, "completed");
});

Deno.test("Flow executes the fallback of an activation whose worker went straight on and whose commit is refused", async () => {
  class PickyStore extends MemoryStore {
    assertStorable(value: unknown): void {
      if (Array.isArray(value) && value.includes("refused")) throw new Error("it is refused");
      for (const part of value instanceof Object ? Object.values(value) : []) {
        this.assertStorable(part);
      }
    }
  }
  const fallback = { event: "next", payload: { marks: ["instead"] } } as const;
  await using flow = new Flow({ maxWorkers: 1, store: new PickyStore() })
    .add("first", first, { onError: { strategy: "skip", fallback } })
    .add("second", second).add("third", third)
    .connect("first.next", "second.parcel").connect("second.next", "third.parcel");
  for (let i = 0; i < 50; i++) await flow.execute("first.parcel", { marks: [] });
  for (let round = 0; round < 20; round++) {
    const job = flow.start("first.bare", "refused");
    await job.waitForCompletion();
    assertEquals(job.sharedData.marks, ["instead", `${job.jobId}/2 1`]);
  }
});

Deno.test("Flow.close() leaves an activation to which a worker went straight on to a later flow", async () => {
  await using pool = new WorkerPool({ maxWorkers: 1 });
  for (let round = 0; round < 20; round++) {
    const store = new MemoryStore();
    const flow = await warmFlow({ id: "left", pool, store });
    const job = flow.start("first.parcel", { marks: [], does: "awaits" });
    await meanwhile();
    await flow.close({ jobs: "keep" });
    await using later = assembled({ id: "left", pool, store });
    for (const again of await later.recover()) await again.waitForCompletion();
    const events = await Array.fromAsync(later.events({ jobId: job.jobId, after: 0 }));
    const types = events.map(({ type }) => type);
    assertEquals(types.at(-1), "job_completed");
    const left = types.indexOf("job_left");
    if (left >= 0) assertEquals(types[left + 1], "job_recovered");
  }
});

Deno.test("Flow.pause() lets no activation begin, even in a worker that could go straight on", async () => {
  await using flow = await warmFlow();
  for (let round = 0; round < 100; round++) {
    const job = flow.start("first.parcel", { marks: [] });
    // At a time at which the first activation is at its worker, or the others.
    if (round % 3 > 0) await new Promise<void>((resolve) => setTimeout(resolve, round % 3 - 1));
    flow.pause(job);
    const pausedAt = performance.timeOrigin + performance.now();
    while (job.executing.length > 0) await new Promise((resolve) => setTimeout(resolve));
    const late = job.spans.filter(({ startedAt }) => startedAt > pausedAt + 1);
    assertEquals(late, []);
    flow.resume(job);
    await job.waitForCompletion();
    assertEquals([job.status, job.counts.completed], ["completed", 3]);
  }
});

Deno.test("Flow does not go straight on with sequential execution", async () => {
  await using flow = await warmFlow({ executionStrategy: "sequential" });
  const job = await flow.execute("first.parcel", { marks: [] });
  assertEquals([job.sharedData.wentOn, job.counts.completed], [false, 3]);
});

Deno.test("Flow does not go straight on to a routine with a timeout", async () => {
  await using flow = await warmFlow({}, { runTimeout: 10_000 });
  const job = await flow.execute("first.parcel", { marks: [] });
  assertEquals([job.sharedData.wentOn, job.counts.completed], [false, 3]);
});

Deno.test("Flow does not go straight on with a durable store", async () => {
  const folder = await Deno.makeTempDir();
  try {
    const store = new SqliteStore(`${folder}/jobs.db`);
    await using flow = await warmFlow({ id: "durable", store });
    const job = await flow.execute("first.parcel", { marks: [] });
    assertEquals([job.sharedData.wentOn, job.counts.completed], [false, 3]);
    await flow.close();
    store.close();
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

function assembled(options: FlowOptions, policy: RoutinePolicy = {}) {
  return new Flow({ maxWorkers: 1, ...options })
    .add("first", first).add("second", second, policy).add("third", third)
    .connect("first.next", "second.parcel").connect("second.next", "third.parcel");
}

/** Gives the worker time for several activations, and blocks this thread so that their reports wait. */
async function meanwhile(): Promise<void> {
  await new Promise<void>((resolve) => setTimeout(resolve));
  standStill(3);
}

/** A flow of three stages, whose only worker knows that they take little time. */
async function warmFlow(options: FlowOptions = {}, policy: RoutinePolicy = {}) {
  const flow = assembled(options, policy);
  for (let i = 0; i < 50; i++) await flow.execute("first.parcel", { marks: [] });
  return flow;
}

/** Waits until an activation of a routine executes. */
async function executing(flow: Flow, job: JobState, routineId: string): Promise<void> {
  for await (const event of flow.events({ jobId: job.jobId })) {
    if (event.type === "activation_started" && event.routineId === routineId) return;
  }
}
