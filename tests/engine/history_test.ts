import { assertEquals } from "@std/assert";
import { historyOf, spansOf } from "../../src/engine/history.ts";
import type { Job } from "../../src/engine/job.ts";
import { Bench, CANCEL, effects, failure } from "./harness.ts";

const execution = { workerId: "w7", startedAt: 100.25, endedAt: 140.5 };

/** The history of a job, a line a record. */
function told(bench: Bench, job: Job): string[] {
  return historyOf(bench.events(job)).map((record) => {
    const { timestamp, event, routineId, slot, activationId, attempt, workerId } = record;
    return `${timestamp} ${event} ${routineId}.${slot} ${activationId}#${attempt} ${
      workerId ?? "-"
    }`;
  });
}

function emitted(...timestamps: readonly number[]) {
  const emits = timestamps.map((timestamp) => ({ event: "output", payload: timestamp, timestamp }));
  return effects({ emits });
}

Deno.test("starts, emits and ends are told at the times measured in the worker", () => {
  const bench = new Bench({ wiring: ["source.output -> sink.input"] });
  const job = bench.start("j");
  const activationId = bench.take("w7") ?? "";
  bench.do(job, { type: "complete", activationId, effects: emitted(110, 120), execution });
  assertEquals(told(bench, job), [
    "1 queued source.trigger j/1#0 -",
    "3 queued sink.input j/2#0 -",
    "3 queued sink.input j/3#0 -",
    "100.25 started source.trigger j/1#1 w7",
    "110 emitted source.trigger j/1#1 w7",
    "120 emitted source.trigger j/1#1 w7",
    "140.5 completed source.trigger j/1#1 w7",
  ]);
});

Deno.test("a start that has not ended is told at the time of the host", () => {
  const bench = new Bench();
  const job = bench.start("j");
  bench.take("w7");
  assertEquals(told(bench, job).at(-1), "2 started source.trigger j/1#1 w7");
});

Deno.test("a payload that is queued tells where it comes from, an emitted one what it is", () => {
  const bench = new Bench();
  const job = bench.start("j");
  const activationId = bench.take() ?? "";
  bench.do(job, { type: "complete", activationId, effects: emitted(110), execution });
  const records = historyOf(bench.events(job));
  const dataOf = (event: string) => records.filter((record) => record.event === event).at(-1)?.data;
  assertEquals(dataOf("queued"), { from: "j/1", event: "output" });
  assertEquals(dataOf("emitted"), { event: "output", payload: 110 });
});

Deno.test("a failure is told with its error, when and where it was", () => {
  const bench = new Bench();
  const job = bench.start("j");
  const activationId = bench.take() ?? "";
  bench.do(job, { type: "fail", activationId, error: failure, execution, chance: 0 });
  const record = historyOf(bench.events(job)).at(-1);
  assertEquals(record, {
    timestamp: 140.5,
    event: "failed",
    routineId: "source",
    slot: "trigger",
    activationId: "j/1",
    attempt: 1,
    workerId: "w7",
    data: { error: failure },
  });
});

Deno.test("what was dropped and what was stopped is told as cancelled", () => {
  const bench = new Bench();
  const job = bench.start("j");
  const activationId = bench.take("w7") ?? "";
  bench.do(job, { type: "flush", index: 0, activationId, effects: emitted(1) });
  bench.do(job, CANCEL);
  bench.do(job, { type: "complete", activationId, effects: effects(), execution });
  assertEquals(told(bench, job).filter((line) => line.includes("cancelled")), [
    "4 cancelled link.input j/2#0 -",
    "140.5 cancelled source.trigger j/1#1 w7",
  ]);
});

Deno.test("a span is told of each execution that ended, however it ended", () => {
  const bench = new Bench();
  const job = bench.start("j");
  const entry = bench.take() ?? "";
  bench.do(job, { type: "complete", activationId: entry, effects: emitted(1, 2, 3), execution });
  const [second = "", third = "", fourth = ""] = [bench.take(), bench.take(), bench.take()];
  const later = { workerId: "w2", startedAt: 200, endedAt: 250 };
  bench.do(job, {
    type: "fail",
    activationId: second,
    error: failure,
    execution: later,
    chance: 0,
  });
  bench.do(job, { type: "complete", activationId: third, effects: effects(), execution: later });
  bench.do(job, {
    type: "fail",
    activationId: fourth,
    error: failure,
    execution: undefined,
    chance: 0,
  });
  const link = { jobId: "j", routineId: "link", slot: "input", attempt: 1, ...later };
  assertEquals(spansOf(bench.events(job)), [
    {
      jobId: "j",
      routineId: "source",
      slot: "trigger",
      activationId: "j/1",
      attempt: 1,
      ...execution,
    },
    { ...link, activationId: "j/2" },
    { ...link, activationId: "j/3" },
  ]);
});

Deno.test("progress, a pause and a resume leave no record of an activation", () => {
  const bench = new Bench();
  const job = bench.start();
  const activationId = bench.take() ?? "";
  const before = told(bench, job);
  bench.do(job, { type: "progress", activationId, data: 1 });
  bench.do(job, { type: "pause" });
  bench.do(job, { type: "resume" });
  assertEquals(told(bench, job), before);
});

Deno.test("an attempt that is followed by another is told as failed, then as retrying", () => {
  const bench = new Bench({ policy: { onError: { strategy: "retry", delay: 10 } } });
  const job = bench.start("j");
  const activationId = bench.take("w7") ?? "";
  bench.do(job, { type: "fail", activationId, error: failure, execution, chance: 0 });
  for (const live of job.live.values()) bench.engine.due(job, live);
  bench.take("w8");
  assertEquals(told(bench, job), [
    "1 queued source.trigger j/1#0 -",
    "3 retrying source.trigger j/1#1 -",
    "4 started source.trigger j/1#2 w8",
    "100.25 started source.trigger j/1#1 w7",
    "140.5 failed source.trigger j/1#1 w7",
  ]);
  const retrying = historyOf(bench.events(job)).find(({ event }) => event === "retrying");
  assertEquals(retrying?.data, { dueAt: 13 });
});

Deno.test("a skipped activation is told as failed, with its error, and as skipped", () => {
  const bench = new Bench({ policy: { onError: "skip" } });
  const job = bench.start("j");
  const activationId = bench.take("w7") ?? "";
  bench.do(job, { type: "fail", activationId, error: failure, execution, chance: 0 });
  const records = historyOf(bench.events(job)).filter(({ activationId }) => activationId === "j/1");
  const events = records.map(({ event }) => event).sort();
  assertEquals(events, ["failed", "queued", "skipped", "started"]);
  assertEquals(records.find(({ event }) => event === "failed")?.data, { error: failure });
});

Deno.test("an attempt during which the process died is told as lost", () => {
  const bench = new Bench();
  const job = bench.start("j");
  bench.take("w7");
  bench.do(job, { type: "recover" });
  bench.take("w8");
  assertEquals(told(bench, job), [
    "1 queued source.trigger j/1#0 -",
    "2 started source.trigger j/1#1 w7",
    "3 lost source.trigger j/1#1 w7",
    "4 started source.trigger j/1#2 w8",
  ]);
});

Deno.test("what a flow that was closed had begun was never done, and is told when it begins again", () => {
  const bench = new Bench();
  const job = bench.start("j");
  bench.take("w7");
  bench.do(job, { type: "leave" });
  bench.take("w8");
  assertEquals(told(bench, job), [
    "1 queued source.trigger j/1#0 -",
    "4 started source.trigger j/1#1 w8",
  ]);
});
