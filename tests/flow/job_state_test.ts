import { assert, assertEquals, assertMatch } from "@std/assert";
import type { ThrownValueError } from "@millrace/flow/errors";
import { busyFlow } from "./busy_flow.ts";
import { sharedPool } from "./shared_pool.ts";

const pool = sharedPool();

Deno.test("JobState.createdAt precedes startedAt and endedAt", async () => {
  await using flow = busyFlow(pool);
  const running = flow.start("sink.item", 1);
  assertEquals(running.endedAt, undefined);
  const { createdAt, startedAt = NaN, endedAt = NaN, spans } = await running.waitForCompletion();
  const times = [createdAt, startedAt, spans[0]?.startedAt ?? NaN, endedAt];
  assertEquals(times, times.toSorted((a, b) => a - b));
});

Deno.test("JobState.counts sums to the known activations", async () => {
  await using flow = busyFlow(pool);
  const job = flow.start("emitter.items", [1, 2, 3]);
  for await (const _ of flow.events({ jobId: job.jobId })) {
    const { queued, executing, completed, failed, cancelled, known } = job.counts;
    assertEquals(queued + executing + completed + failed + cancelled, known);
  }
  assertEquals([job.counts.known, job.counts.completed, job.counts.logEntries], [4, 4, 0]);
});

Deno.test("JobState.executionHistory lists records by time", async () => {
  await using flow = busyFlow(pool);
  const { executionHistory } = await flow.execute("emitter.items", ["a"], { jobId: "job_1" });
  assertEquals(
    executionHistory.map(({ event, activationId, attempt }) => [event, activationId, attempt]),
    [
      ["queued", "job_1/1", 0],
      ["started", "job_1/1", 1],
      ["emitted", "job_1/1", 1],
      ["completed", "job_1/1", 1],
      ["queued", "job_1/2", 0],
      ["started", "job_1/2", 1],
      ["completed", "job_1/2", 1],
    ],
  );
  const times = executionHistory.map(({ timestamp }) => timestamp);
  assertEquals(times, times.toSorted((a, b) => a - b));
  const emitted = executionHistory[2];
  assertEquals(emitted?.data, { event: "item", payload: "a" });
  assertMatch(emitted?.workerId ?? "", /^w\d+$/);
});

for (
  const field of [
    "sharedData",
    "sharedLog",
    "routineStates",
    "executionHistory",
    "spans",
    "executing",
    "counts",
  ] as const
) {
  Deno.test(`JobState.${field} returns an isolated copy`, async () => {
    await using flow = busyFlow(pool);
    const job = await flow.execute("scribe.write");
    const before = Deno.inspect(job[field], { depth: 20 });
    scribble(job[field]);
    assertEquals(Deno.inspect(job[field], { depth: 20 }), before);
  });
}

Deno.test("JobState.toJSON() returns an isolated copy", async () => {
  await using flow = busyFlow(pool);
  const job = await flow.execute("scribe.write");
  const before = JSON.stringify(job);
  scribble(job.toJSON());
  assertEquals(JSON.stringify(job), before);
});

Deno.test("JobState.error returns an isolated copy", async () => {
  await using flow = busyFlow(pool);
  const job = await flow.execute("thrower.value", { at: new Date(0), tags: ["x"] });
  const before = JSON.stringify(job);
  for (const error of [job.error, ...job.errors]) scribble(error);
  assertEquals(JSON.stringify(job), before);
  assertEquals((job.error as ThrownValueError).value, { at: new Date(0), tags: ["x"] });
  assertEquals((job.errors[0] as ThrownValueError).value, { at: new Date(0), tags: ["x"] });
});

Deno.test("JobState.toJSON() returns plain data", async () => {
  await using flow = busyFlow(pool);
  const job = await flow.execute("scribe.write", undefined, { jobId: "job_1" });
  const json = job.toJSON();
  assertPlain(json);
  assertEquals([json.jobId, json.flowId, json.status], ["job_1", "busy", "completed"]);
  assertEquals(json.counts, job.counts);
  assertEquals(json.sharedData.kept, { at: "1970-01-01T00:00:00.000Z", tags: ["x"], big: "1" });
  assertEquals(json.sharedLog.map(({ routineId }) => routineId), [
    ...["scribe", "scribe", "scribe"],
    ...["keeper", "keeper"],
  ]);
  assertEquals(json.executionHistory.length, job.executionHistory.length);
});

Deno.test("JobState.toJSON() includes the error and its cause", async () => {
  await using flow = busyFlow(pool);
  const json = (await flow.execute("thrower.whole")).toJSON();
  assertEquals([json.status, json.error?.name, json.error?.message], [
    "failed",
    "QuotaError",
    "no more today",
  ]);
  assertEquals(json.error?.fields?.code, "E_QUOTA");
  assert(json.error?.cause !== undefined && "error" in json.error.cause);
  assertEquals(json.error.cause.error.message, "cannot write");
  JSON.stringify(json);
});

Deno.test("JobState shows id and status in console.log()", async () => {
  await using flow = busyFlow(pool);
  const shown = Deno.inspect(await flow.execute("sink.item", 1, { jobId: "job_1" }));
  for (const part of ["JobState", "job_1", "completed"]) assertMatch(shown, new RegExp(part));
});

/** Changes all that can be changed of a value. */
function scribble(value: unknown): void {
  if (typeof value !== "object" || value === null) return;
  if (value instanceof Set) value.clear();
  if (value instanceof Date) value.setFullYear(2000);
  for (const key of Object.keys(value)) {
    scribble(Reflect.get(value, key));
    Reflect.set(value, key, "scribbled");
  }
  Reflect.set(value, "scribble", true);
}

/** Refuses what JSON would lose or change. */
function assertPlain(value: unknown): void {
  if (typeof value !== "object" || value === null) {
    assert(["string", "number", "boolean", "undefined"].includes(typeof value) || value === null);
    return;
  }
  assert([Object.prototype, Array.prototype].includes(Object.getPrototypeOf(value)));
  for (const item of Object.values(value)) assertPlain(item);
}

Deno.test("JobState escapes control characters in Deno.inspect()", async () => {
  await using flow = busyFlow(pool);
  flow.pause();
  const job = flow.cancel(flow.start("sink.item", 1), "a\u001b[2Jb");
  await job.waitForCompletion();
  for (const colors of [false, true]) {
    const shown = Deno.inspect(job, { colors });
    assertEquals([shown.includes("a\\u001b[2Jb"), shown.includes("\u001b[2J")], [true, false]);
  }
});
